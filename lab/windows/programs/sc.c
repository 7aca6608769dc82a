/*
 * Our model of Windows' sc.exe: Wine's has half of the verbs, ignores most options, and knows no error codes. It works on the API
 * of the service control manager. What Wine's manager does not keep (delayed start, failure actions, the service SID) it writes
 * where Windows has it in the registry; nothing acts on that.
 */
#include "services.h"
#include "sc_options.h"

static int failed(const WCHAR *what, DWORD error)
{
    WCHAR text[1024] = L"";
    FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, text, COUNT(text), NULL);
    print(L"[SC] %ls FAILED %lu:\n\n%ls\n", what, error, text);
    return (int)error;
}

static int done(const WCHAR *what, DWORD error)
{
    if (error) return failed(what, error);
    print(L"[SC] %ls SUCCESS\n", what);
    return 0;
}

static const WCHAR *type_name(DWORD type)
{
    return type & SERVICE_WIN32_OWN_PROCESS ? L"WIN32_OWN_PROCESS" : type & SERVICE_WIN32_SHARE_PROCESS ? L"WIN32_SHARE_PROCESS"
         : type & SERVICE_KERNEL_DRIVER ? L"KERNEL_DRIVER" : L"FILE_SYSTEM_DRIVER";
}

static void print_status(const WCHAR *name, const WCHAR *display, const SERVICE_STATUS_PROCESS *status, BOOL extended)
{
    DWORD state = status->dwCurrentState, accepted = status->dwControlsAccepted;
    print(L"\nSERVICE_NAME: %ls\n", name);
    if (display) print(L"DISPLAY_NAME: %ls\n", display);
    print(L"        TYPE               : %lx  %ls\n", status->dwServiceType, type_name(status->dwServiceType));
    print(L"        STATE              : %lu  %ls \n", state, SERVICE_STATES[state < 8 ? state : 0]);
    print(L"                                (%ls, %ls, %ls)\n",
          accepted & SERVICE_ACCEPT_STOP ? L"STOPPABLE" : L"NOT_STOPPABLE",
          accepted & SERVICE_ACCEPT_PAUSE_CONTINUE ? L"PAUSABLE" : L"NOT_PAUSABLE",
          accepted & SERVICE_ACCEPT_SHUTDOWN ? L"ACCEPTS_SHUTDOWN" : L"IGNORES_SHUTDOWN");
    print(L"        WIN32_EXIT_CODE    : %lu  (0x%lx)\n", status->dwWin32ExitCode, status->dwWin32ExitCode);
    print(L"        SERVICE_EXIT_CODE  : %lu  (0x%lx)\n", status->dwServiceSpecificExitCode, status->dwServiceSpecificExitCode);
    print(L"        CHECKPOINT         : 0x%lx\n        WAIT_HINT          : 0x%lx\n", status->dwCheckPoint, status->dwWaitHint);
    if (extended) print(L"        PID                : %lu\n        FLAGS              : \n", status->dwProcessId);
}

static int query_all(SC_HANDLE manager, int argc, WCHAR **argv, BOOL extended)
{
    DWORD count, type = SERVICE_WIN32, state = SERVICE_ACTIVE;
    for (int i = 0; i + 1 < argc; i += 2) {
        if (!_wcsicmp(argv[i], L"type=")) type = !_wcsicmp(argv[i + 1], L"driver") ? SERVICE_DRIVER : SERVICE_WIN32;
        else if (!_wcsicmp(argv[i], L"state="))
            state = !_wcsicmp(argv[i + 1], L"all") ? SERVICE_STATE_ALL
                  : !_wcsicmp(argv[i + 1], L"inactive") ? SERVICE_INACTIVE : SERVICE_ACTIVE;
    }
    ENUM_SERVICE_STATUS_PROCESSW *services = all_services(manager, type, state, &count);
    for (DWORD i = 0; i < count; i++)
        print_status(services[i].lpServiceName, services[i].lpDisplayName, &services[i].ServiceStatusProcess, extended);
    return 0;
}

static int query(SC_HANDLE service, const WCHAR *name, BOOL extended)
{
    SERVICE_STATUS_PROCESS status;
    DWORD size;
    if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &size))
        return failed(L"QueryServiceStatusEx", GetLastError());
    print_status(name, NULL, &status, extended);
    return 0;
}

static int query_config(SC_HANDLE service, const WCHAR *name)
{
    static const WCHAR *const starts[] = {L"BOOT_START", L"SYSTEM_START", L"AUTO_START", L"DEMAND_START", L"DISABLED"};
    static const WCHAR *const controls[] = {L"IGNORE", L"NORMAL", L"SEVERE", L"CRITICAL"};
    QUERY_SERVICE_CONFIGW *config = configuration(service);
    WCHAR depend[4096];
    if (!config) return failed(L"QueryServiceConfig", GetLastError());
    BOOL delayed = config->dwStartType == SERVICE_AUTO_START && get_number(name, L"DelayedAutostart");
    print(L"[SC] QueryServiceConfig SUCCESS\n\nSERVICE_NAME: %ls\n", name);
    print(L"        TYPE               : %lx  %ls \n", config->dwServiceType, type_name(config->dwServiceType));
    print(L"        START_TYPE         : %lu   %ls%ls\n", config->dwStartType, starts[config->dwStartType % 5],
          delayed ? L"  (DELAYED)" : L"");
    print(L"        ERROR_CONTROL      : %lu   %ls\n", config->dwErrorControl, controls[config->dwErrorControl % 4]);
    print(L"        BINARY_PATH_NAME   : %ls\n        LOAD_ORDER_GROUP   : %ls\n", config->lpBinaryPathName, config->lpLoadOrderGroup);
    print(L"        TAG                : %lu\n        DISPLAY_NAME       : %ls\n", config->dwTagId, config->lpDisplayName);
    get_value(name, L"DependOnService", depend, sizeof depend);
    print(L"        DEPENDENCIES       : %ls\n", depend);
    for (WCHAR *next = depend + wcslen(depend) + 1; *depend && *next; next += wcslen(next) + 1)
        print(L"                           : %ls\n", next);
    print(L"        SERVICE_START_NAME : %ls\n", config->lpServiceStartName);
    return 0;
}

static int usage(void)
{
    print(L"DESCRIPTION:\n        SC is a command line program used for communicating with the\n"
          L"        Service Control Manager and services.\n");
    return ERROR_INVALID_COMMAND_LINE;
}

int wmain(int argc, WCHAR **argv)
{
    const WCHAR *verb = argc > 1 ? argv[1] : L"", *name = argc > 2 ? argv[2] : L"";
    BOOL is_query = !_wcsicmp(verb, L"query"), is_extended = !_wcsicmp(verb, L"queryex");
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS), service;
    argc -= 3, argv += 3;
    if (!manager) return failed(L"OpenSCManager", GetLastError());
    if ((is_query || is_extended) && (argc < 0 || name[wcslen(name) - 1] == L'='))
        return query_all(manager, argc + 1, argv - 1, is_extended);
    if (argc < 0) return usage();
    if (!_wcsicmp(verb, L"create")) {
        struct options options;
        DWORD error = read_options(argc, argv, &options);
        if (!error) error = create(manager, name, &options);
        return error == ERROR_INVALID_COMMAND_LINE ? usage() : done(L"CreateService", error);
    }
    if (!(service = OpenServiceW(manager, name, SERVICE_ALL_ACCESS)))
        return failed(is_query || is_extended ? L"EnumQueryServicesStatus:OpenService" : L"OpenService", GetLastError());
    if (is_query || is_extended) return query(service, name, is_extended);
    if (!_wcsicmp(verb, L"qc")) return query_config(service, name);
    if (!_wcsicmp(verb, L"start")) {
        DWORD error = start_service(manager, name, (DWORD)argc, (const WCHAR **)argv);
        return error ? failed(L"StartService", error) : query(service, name, TRUE);
    }
    if (!_wcsicmp(verb, L"stop")) {
        DWORD error = stop_service(manager, name);
        return error ? failed(L"ControlService", error) : query(service, name, FALSE);
    }
    if (!_wcsicmp(verb, L"delete")) return done(L"DeleteService", DeleteService(service) ? 0 : GetLastError());
    if (!_wcsicmp(verb, L"config")) {
        struct options options;
        DWORD error = read_options(argc, argv, &options);
        if (!error) error = change(service, name, &options);
        return error == ERROR_INVALID_COMMAND_LINE ? usage() : done(L"ChangeServiceConfig", error);
    }
    if (!_wcsicmp(verb, L"qdescription")) {
        WCHAR text[4096];
        get_value(name, L"Description", text, sizeof text);
        print(L"[SC] QueryServiceConfig2 SUCCESS\n\nSERVICE_NAME: %ls\nDESCRIPTION:  %ls\n", name, text);
        return 0;
    }
    DWORD error = change_more(service, name, verb, argc, argv);
    return error == ERROR_INVALID_COMMAND_LINE ? usage() : done(L"ChangeServiceConfig2", error);
}
