/*
 * A program that is a Windows service itself, without a wrapper. Options, in any order:
 *   --record FILE        writes its arguments and its environment into a file, as record.h says
 *   --exit CODE          stops by itself, at once or --after SECONDS, and reports the code;  --crash: without a report
 *   --slow SECONDS       takes so long to stop
 */
#include "record.h"

static SERVICE_STATUS_HANDLE handle;
static HANDLE stopping;
static int exit_code = -1, after = 0, slow = 0;
static BOOL crashes;

static void report(DWORD state, DWORD code)
{
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = state};
    status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
    status.dwWin32ExitCode = code ? ERROR_SERVICE_SPECIFIC_ERROR : NO_ERROR;
    status.dwServiceSpecificExitCode = code;
    status.dwWaitHint = 30000;
    SetServiceStatus(handle, &status);
}

static DWORD WINAPI control(DWORD what, DWORD type, void *data, void *context)
{
    (void)type, (void)data, (void)context;
    if (what != SERVICE_CONTROL_STOP && what != SERVICE_CONTROL_SHUTDOWN) return NO_ERROR;
    report(SERVICE_STOP_PENDING, 0);
    SetEvent(stopping);
    return NO_ERROR;
}

static void WINAPI serve(DWORD argc, WCHAR **argv)
{
    (void)argc;
    handle = RegisterServiceCtrlHandlerExW(argv[0], control, NULL);
    report(SERVICE_RUNNING, 0);
    if (WaitForSingleObject(stopping, exit_code == -1 ? INFINITE : (DWORD)after * 1000) == WAIT_OBJECT_0) {
        Sleep((DWORD)slow * 1000);
        exit_code = 0;
    } else if (crashes) ExitProcess((UINT)exit_code);
    report(SERVICE_STOPPED, (DWORD)exit_code);
}

int wmain(int argc, WCHAR **argv)
{
    WCHAR name[] = L"";
    const SERVICE_TABLE_ENTRYW table[] = {{name, serve}, {NULL, NULL}};
    for (int i = 1; i < argc; i++) {
        const WCHAR *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : L"";
        if (!wcscmp(option, L"--record")) record(value, argc, argv);
        else if (!wcscmp(option, L"--exit")) exit_code = (int)wcstoul(value, NULL, 10);
        else if (!wcscmp(option, L"--after")) after = _wtoi(value);
        else if (!wcscmp(option, L"--slow")) slow = _wtoi(value);
        else if (!wcscmp(option, L"--crash")) crashes = TRUE;
    }
    stopping = CreateEventW(NULL, TRUE, FALSE, NULL);
    return StartServiceCtrlDispatcherW(table) ? 0 : (int)GetLastError();
}
