/*
 * Our model of Microsoft's srvany.exe, which nobody may pass on: it runs the command line that the values Application and
 * AppParameters of its key Parameters make, in AppDirectory, kills the program when it is asked to stop, and does not notice
 * that the program has ended.
 */
#include <stdio.h>
#include <windows.h>

static SERVICE_STATUS_HANDLE handle;
static HANDLE stopping;

static void report(DWORD state, DWORD code)
{
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = state, .dwWin32ExitCode = code};
    status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
    SetServiceStatus(handle, &status);
}

static DWORD WINAPI control(DWORD what, DWORD type, void *data, void *context)
{
    (void)type, (void)data, (void)context;
    if (what == SERVICE_CONTROL_STOP || what == SERVICE_CONTROL_SHUTDOWN) SetEvent(stopping);
    return NO_ERROR;
}

static BOOL parameter(const WCHAR *service, const WCHAR *name, WCHAR *text, DWORD size)
{
    WCHAR path[512];
    swprintf(path, 512, L"SYSTEM\\CurrentControlSet\\Services\\%ls\\Parameters", service);
    return !RegGetValueW(HKEY_LOCAL_MACHINE, path, name, RRF_RT_REG_SZ, NULL, text, &size);
}

static void WINAPI serve(DWORD argc, WCHAR **argv)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    WCHAR application[4096], parameters[4096] = L"", folder[4096], line[8194];
    (void)argc;
    handle = RegisterServiceCtrlHandlerExW(argv[0], control, NULL);
    if (!parameter(argv[0], L"Application", application, sizeof application)) {
        report(SERVICE_STOPPED, ERROR_FILE_NOT_FOUND);
        return;
    }
    parameter(argv[0], L"AppParameters", parameters, sizeof parameters);
    BOOL has_folder = parameter(argv[0], L"AppDirectory", folder, sizeof folder);
    swprintf(line, 8194, L"%ls %ls", application, parameters);
    if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, has_folder ? folder : NULL, &startup, &process)) {
        report(SERVICE_STOPPED, GetLastError());
        return;
    }
    report(SERVICE_RUNNING, NO_ERROR);
    WaitForSingleObject(stopping, INFINITE);
    TerminateProcess(process.hProcess, 0);
    report(SERVICE_STOPPED, NO_ERROR);
}

int wmain(void)
{
    WCHAR name[] = L"";
    const SERVICE_TABLE_ENTRYW table[] = {{name, serve}, {NULL, NULL}};
    stopping = CreateEventW(NULL, TRUE, FALSE, NULL);
    return StartServiceCtrlDispatcherW(table) ? 0 : (int)GetLastError();
}
