/*
 * What the lab's WMI (lab/windows/wsman) asks of the host: services, processes, the registry, by the API. A request is a line of
 * fields, in UTF-8, with a tab between them; \t, \n, \r, \\ stand for what can't be in a field. The answer is a line for each
 * row, which begins with "=", and then "." with the error code of Windows.
 */
#include "processes.h"
#include "services.h"
#include "sc_options.h"
#include "fields.h"

NTSYSAPI NTSTATUS NTAPI RtlGetVersion(RTL_OSVERSIONINFOW *);

static DWORD list_services(SC_HANDLE manager)
{
    DWORD count;
    WCHAR text[4096];
    ENUM_SERVICE_STATUS_PROCESSW *services = all_services(manager, SERVICE_WIN32, SERVICE_STATE_ALL, &count);
    for (DWORD i = 0; i < count; i++) {
        const WCHAR *name = services[i].lpServiceName;
        const SERVICE_STATUS_PROCESS *status = &services[i].ServiceStatusProcess;
        SC_HANDLE service = OpenServiceW(manager, name, SERVICE_QUERY_CONFIG);
        QUERY_SERVICE_CONFIGW *config = service ? configuration(service) : NULL;
        CloseServiceHandle(service);
        if (!config) continue; /* it has gone meanwhile */
        begin_row(), put_text(name), put_text(services[i].lpDisplayName), put_text(config->lpBinaryPathName);
        put_text(config->lpServiceStartName);
        put_text(get_value(name, L"Description", text, sizeof text) ? text : NULL);
        const DWORD numbers[] = {config->dwStartType, config->dwErrorControl, config->dwTagId, get_number(name, L"DelayedAutostart"),
                                 status->dwServiceType, status->dwCurrentState, status->dwControlsAccepted, status->dwProcessId,
                                 status->dwWin32ExitCode, status->dwServiceSpecificExitCode, status->dwCheckPoint, status->dwWaitHint};
        for (size_t n = 0; n < COUNT(numbers); n++) put_number(numbers[n]);
        end_row();
        free(config);
    }
    free(services);
    return 0;
}

/* The command line stands in the memory of the process: FALSE where that can't be read. */
static BOOL read_command_line(HANDLE process, WCHAR *line, DWORD length)
{
    PROCESS_BASIC_INFORMATION information;
    PEB peb;
    RTL_USER_PROCESS_PARAMETERS parameters;
    if (NtQueryInformationProcess(process, ProcessBasicInformation, &information, sizeof information, NULL)) return FALSE;
    if (!ReadProcessMemory(process, information.PebBaseAddress, &peb, sizeof peb, NULL)) return FALSE;
    if (!ReadProcessMemory(process, peb.ProcessParameters, &parameters, sizeof parameters, NULL)) return FALSE;
    DWORD size = parameters.CommandLine.Length < length * sizeof *line ? parameters.CommandLine.Length : 0;
    line[size / sizeof *line] = 0;
    return size && ReadProcessMemory(process, parameters.CommandLine.Buffer, line, size, NULL);
}

static DWORD list_processes(void)
{
    static WCHAR line[32768];
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    for (BOOL more = Process32FirstW(all, &entry); more; more = Process32NextW(all, &entry)) {
        WCHAR path[MAX_PATH];
        DWORD length = MAX_PATH;
        HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, entry.th32ProcessID);
        begin_row(), put_text(entry.szExeFile), put_text(read_command_line(process, line, COUNT(line)) ? line : NULL);
        put_text(QueryFullProcessImageNameW(process, 0, path, &length) ? path : NULL), put_number(entry.th32ProcessID);
        put_number(entry.th32ParentProcessID), put_number(entry.cntThreads), put_number(created(process));
        end_row();
        CloseHandle(process);
    }
    CloseHandle(all);
    return 0;
}

static DWORD list_listeners(void)
{
    MIB_TCPTABLE_OWNER_PID *table = listening();
    for (DWORD i = 0; table && i < table->dwNumEntries; i++) {
        WCHAR text[32];
        address_text(&table->table[i], text, COUNT(text));
        begin_row(), put_text(text), put_number(port_of(&table->table[i])), put_number(table->table[i].dwOwningPid);
        end_row();
    }
    free(table);
    return 0;
}

static DWORD describe_host(void)
{
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    WCHAR name[256] = L"", text[64];
    DWORD length = COUNT(name);
    RtlGetVersion(&version);
    GetComputerNameW(name, &length);
    swprintf(text, COUNT(text), L"%lu.%lu.%lu", version.dwMajorVersion, version.dwMinorVersion, version.dwBuildNumber);
    begin_row(), put_text(name), put_text(text), put_number(version.dwBuildNumber), put_number(created(GetCurrentProcess()));
    end_row();
    return 0;
}

static HKEY hive(const WCHAR *number)
{
    return (HKEY)(LONG_PTR)(LONG)wcstoul(number, NULL, 10);
}

static DWORD list_key(HKEY key, BOOL lists_values)
{
    WCHAR name[16384];
    DWORD type = 0, length = COUNT(name);
    for (DWORD i = 0; i < 100000; i++, length = COUNT(name)) {
        if (lists_values ? RegEnumValueW(key, i, name, &length, NULL, &type, NULL, NULL)
                         : RegEnumKeyExW(key, i, name, &length, NULL, NULL, NULL, NULL))
            break;
        begin_row(), put_text(name), put_number(type);
        end_row();
    }
    return 0;
}

static DWORD get(HKEY key, const WCHAR *name)
{
    DWORD type, size = 0, error = RegQueryValueExW(key, name, NULL, &type, NULL, &size);
    if (error) return error;
    BYTE *data = calloc(size + 2, 1);
    RegQueryValueExW(key, name, NULL, &type, data, &size);
    begin_row(), put_number(type), put_bytes(data, size);
    end_row();
    free(data);
    return 0;
}

static DWORD set(HKEY key, const WCHAR *name, const WCHAR *type, const WCHAR *hex)
{
    DWORD size = (DWORD)wcslen(hex) / 2;
    BYTE *data = malloc(size + 1);
    for (DWORD i = 0; i < size; i++) {
        const WCHAR digits[] = {hex[2 * i], hex[2 * i + 1], 0};
        data[i] = (BYTE)wcstoul(digits, NULL, 16);
    }
    DWORD error = RegSetValueExW(key, name, 0, wcstoul(type, NULL, 10), data, size);
    free(data);
    return error;
}

/* A request about the registry: verb, hive, key, and what the verb takes. */
static DWORD answer_registry(const WCHAR *verb, int count, WCHAR **fields)
{
    HKEY key;
    DWORD error;
    BOOL writes = !wcscmp(verb, L"set") || !wcscmp(verb, L"unset");
    if (count < 2) return ERROR_INVALID_PARAMETER;
    if (!wcscmp(verb, L"createkey")) {
        if (!(error = RegCreateKeyW(hive(fields[0]), fields[1], &key))) RegCloseKey(key);
        return error;
    }
    if (!wcscmp(verb, L"deletekey")) return RegDeleteKeyW(hive(fields[0]), fields[1]);
    if ((error = RegOpenKeyExW(hive(fields[0]), fields[1], 0, writes ? KEY_SET_VALUE : KEY_READ, &key))) return error;
    if (!wcscmp(verb, L"keys")) error = list_key(key, FALSE);
    else if (!wcscmp(verb, L"values")) error = list_key(key, TRUE);
    else if (!wcscmp(verb, L"get") && count == 3) error = get(key, fields[2]);
    else if (!wcscmp(verb, L"set") && count == 5) error = set(key, fields[2], fields[3], fields[4]);
    else if (!wcscmp(verb, L"unset") && count == 3) error = RegDeleteValueW(key, fields[2]);
    else error = ERROR_INVALID_PARAMETER;
    RegCloseKey(key);
    return error;
}

static DWORD answer(SC_HANDLE manager, int count, WCHAR **fields)
{
    const WCHAR *verb = fields[0];
    if (!wcscmp(verb, L"services")) return list_services(manager);
    if (!wcscmp(verb, L"processes")) return list_processes();
    if (!wcscmp(verb, L"listeners")) return list_listeners();
    if (!wcscmp(verb, L"host")) return describe_host();
    if (!wcscmp(verb, L"expand") && count == 2) {
        WCHAR text[32768] = L"";
        ExpandEnvironmentStringsW(fields[1], text, COUNT(text));
        begin_row(), put_text(text);
        end_row();
        return 0;
    }
    if (!wcscmp(verb, L"start") && count == 2) return start_service(manager, fields[1], 0, NULL);
    if (!wcscmp(verb, L"stop") && count == 2) return stop_service(manager, fields[1]);
    if (!wcscmp(verb, L"config") && count > 1) { /* with the words of sc.exe */
        struct options options;
        SC_HANDLE service = OpenServiceW(manager, fields[1], SERVICE_CHANGE_CONFIG);
        DWORD error = service ? read_options(count - 2, fields + 2, &options) : GetLastError();
        if (!error) error = change(service, fields[1], &options);
        CloseServiceHandle(service);
        return error;
    }
    return answer_registry(verb, count - 1, fields + 1);
}

int wmain(void)
{
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    WCHAR *fields[64];
    for (int count; (count = read_fields(fields, COUNT(fields))) > 0; free(fields[0])) end_answer(answer(manager, count, fields));
    return 0;
}
