/* Services as sc.exe and the WMI of the lab see them: by the service control manager's API, and in the registry. */
#include <stdarg.h>
#include <stdio.h>
#include <windows.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const WCHAR *const SERVICE_STATES[] = {
    L"", L"STOPPED", L"START_PENDING", L"STOP_PENDING", L"RUNNING", L"CONTINUE_PENDING", L"PAUSE_PENDING", L"PAUSED"};

/* In the code page of the console, as Windows' own programs do, with a question mark for what it lacks. */
static void print(const WCHAR *format, ...)
{
    WCHAR text[16384];
    char bytes[3 * COUNT(text)];
    va_list values;
    va_start(values, format);
    vswprintf(text, COUNT(text), format, values);
    va_end(values);
    fwrite(bytes, 1, (size_t)WideCharToMultiByte(CP_OEMCP, 0, text, (int)wcslen(text), bytes, sizeof bytes, NULL, NULL), stdout);
}

/* The key of a service; NULL when it can't be opened. */
static HKEY service_key(const WCHAR *service, REGSAM access)
{
    WCHAR path[512];
    HKEY key;
    swprintf(path, COUNT(path), L"SYSTEM\\CurrentControlSet\\Services\\%ls", service);
    return RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, access, &key) ? NULL : key;
}

static DWORD set_value(const WCHAR *service, const WCHAR *name, DWORD type, const void *data, DWORD size)
{
    HKEY key = service_key(service, KEY_SET_VALUE);
    if (!key) return ERROR_SERVICE_DOES_NOT_EXIST;
    DWORD error = RegSetValueExW(key, name, 0, type, data, size);
    RegCloseKey(key);
    return error;
}

static DWORD set_text(const WCHAR *service, const WCHAR *name, DWORD type, const WCHAR *text)
{
    return set_value(service, name, type, text, (DWORD)(wcslen(text) + 1) * sizeof(WCHAR));
}

static DWORD set_number(const WCHAR *service, const WCHAR *name, DWORD number)
{
    return set_value(service, name, REG_DWORD, &number, sizeof number);
}

static void remove_value(const WCHAR *service, const WCHAR *name)
{
    HKEY key = service_key(service, KEY_SET_VALUE);
    if (key) RegDeleteValueW(key, name), RegCloseKey(key);
}

/* A value as it stands, whose size is 0 when there is none. Texts end with two NULs, whatever is stored. */
static DWORD get_value(const WCHAR *service, const WCHAR *name, void *data, DWORD size)
{
    HKEY key = service_key(service, KEY_QUERY_VALUE);
    DWORD got = size - 2 * sizeof(WCHAR);
    memset(data, 0, size);
    if (!key) return 0;
    if (RegQueryValueExW(key, name, NULL, NULL, data, &got)) got = 0;
    RegCloseKey(key);
    return got;
}

static DWORD get_number(const WCHAR *service, const WCHAR *name)
{
    DWORD data[3];
    return get_value(service, name, data, sizeof data) == sizeof(DWORD) ? data[0] : 0;
}

/* The configuration, to be freed; NULL when it can't be read. */
static QUERY_SERVICE_CONFIGW *configuration(SC_HANDLE service)
{
    DWORD size = 0;
    QueryServiceConfigW(service, NULL, 0, &size);
    QUERY_SERVICE_CONFIGW *config = malloc(size);
    if (QueryServiceConfigW(service, config, size, &size)) return config;
    free(config);
    return NULL;
}

/* All services, to be freed. */
static ENUM_SERVICE_STATUS_PROCESSW *all_services(SC_HANDLE manager, DWORD type, DWORD state, DWORD *count)
{
    DWORD size = 0, resume = 0;
    EnumServicesStatusExW(manager, SC_ENUM_PROCESS_INFO, type, state, NULL, 0, &size, count, &resume, NULL);
    ENUM_SERVICE_STATUS_PROCESSW *services = malloc(size += 4096);
    resume = *count = 0;
    EnumServicesStatusExW(manager, SC_ENUM_PROCESS_INFO, type, state, (BYTE *)services, size, &size, count, &resume, NULL);
    return services;
}

static DWORD state_of(SC_HANDLE manager, const WCHAR *name)
{
    SERVICE_STATUS status = {0};
    SC_HANDLE service = OpenServiceW(manager, name, SERVICE_QUERY_STATUS);
    QueryServiceStatus(service, &status);
    CloseServiceHandle(service);
    return status.dwCurrentState;
}

/* A value of a key of the lab: what Windows keeps in its own security database. FALSE when there is none. */
static BOOL lab_value(const WCHAR *key, const WCHAR *name, WCHAR *text, DWORD size)
{
    WCHAR path[256];
    swprintf(path, COUNT(path), L"SOFTWARE\\lab\\%ls", key);
    return !RegGetValueW(HKEY_LOCAL_MACHINE, path, name, RRF_RT_REG_SZ, NULL, text, &size);
}

/* Our model of a logon: Wine does none. The lab's accounts and passwords are values of SOFTWARE\lab\accounts. */
static BOOL logs_on(const WCHAR *service)
{
    WCHAR account[256], wanted[256], given[256] = L"";
    get_value(service, L"ObjectName", account, sizeof account);
    if (!lab_value(L"accounts", account, wanted, sizeof wanted)) return TRUE;
    lab_value(L"secrets", service, given, sizeof given);
    return !wcscmp(wanted, given);
}

/* Windows starts what a service depends on before it; Wine's manager knows nothing of that. */
static DWORD start_service(SC_HANDLE manager, const WCHAR *name, DWORD argc, const WCHAR **argv)
{
    WCHAR depend[4096];
    get_value(name, L"DependOnService", depend, sizeof depend);
    for (const WCHAR *next = depend; *next; next += wcslen(next) + 1) {
        DWORD error = start_service(manager, next, 0, NULL);
        for (int i = 0; i < 300 && state_of(manager, next) == SERVICE_START_PENDING; i++) Sleep(100);
        if ((error && error != ERROR_SERVICE_ALREADY_RUNNING) || state_of(manager, next) != SERVICE_RUNNING)
            return ERROR_SERVICE_DEPENDENCY_FAIL;
    }
    if (!logs_on(name)) return ERROR_SERVICE_LOGON_FAILED;
    SC_HANDLE service = OpenServiceW(manager, name, SERVICE_START);
    DWORD error = service && StartServiceW(service, argc, argv) ? 0 : GetLastError();
    CloseServiceHandle(service);
    return error;
}

/* Windows stops no service that a running one depends on. */
static DWORD stop_service(SC_HANDLE manager, const WCHAR *name)
{
    DWORD count;
    WCHAR depend[4096];
    SERVICE_STATUS status;
    ENUM_SERVICE_STATUS_PROCESSW *services = all_services(manager, SERVICE_WIN32, SERVICE_ACTIVE, &count);
    for (DWORD i = 0; i < count; i++) {
        get_value(services[i].lpServiceName, L"DependOnService", depend, sizeof depend);
        for (const WCHAR *next = depend; *next; next += wcslen(next) + 1)
            if (!_wcsicmp(next, name)) return ERROR_DEPENDENT_SERVICES_RUNNING;
    }
    SC_HANDLE service = OpenServiceW(manager, name, SERVICE_STOP);
    DWORD error = service && ControlService(service, SERVICE_CONTROL_STOP, &status) ? 0 : GetLastError();
    CloseServiceHandle(service);
    return error;
}
