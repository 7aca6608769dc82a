/*
 * Our model of PowerShell, which can't be had in Wine: it understands nothing, but looks which classes the provider's script asks
 * for, and prints what that script prints on Windows, by the API. With a file C:\\lab\\no-powershell it is blocked, as by a policy.
 */
#include "processes.h"
#include <stdio.h>

/* As the format "o" of .NET has it. */
static void time_text(ULONGLONG ticks, WCHAR *text, size_t length)
{
    FILETIME file = {(DWORD)ticks, (DWORD)(ticks >> 32)};
    SYSTEMTIME time;
    FileTimeToSystemTime(&file, &time);
    *text = 0;
    if (ticks)
        swprintf(text, length, L"%04u-%02u-%02uT%02u:%02u:%02u.%07u+00:00", time.wYear, time.wMonth, time.wDay, time.wHour,
                 time.wMinute, time.wSecond, (unsigned)(ticks % 10000000));
}

static ULONGLONG now(void)
{
    FILETIME time;
    GetSystemTimeAsFileTime(&time);
    return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static ULONGLONG created_by(DWORD pid)
{
    HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid);
    ULONGLONG ticks = process ? created(process) : 0;
    CloseHandle(process);
    return ticks;
}

/* Only with `boot` they are not printed: it becomes when the first of them was created. */
static void walk_processes(ULONGLONG *boot)
{
    PROCESSENTRY32W entry = {.dwSize = sizeof entry};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    for (BOOL more = Process32FirstW(all, &entry); more; more = Process32NextW(all, &entry)) {
        ULONGLONG ticks = created_by(entry.th32ProcessID);
        WCHAR text[64];
        if (boot && ticks && (!*boot || ticks < *boot)) *boot = ticks;
        if (boot) continue;
        time_text(ticks, text, 64);
        wprintf(L"process %lu %lu %ls %ls\n", entry.th32ProcessID, entry.th32ParentProcessID, text, entry.szExeFile);
    }
    CloseHandle(all);
}

static void print_times(void)
{
    WCHAR texts[2][64];
    ULONGLONG boot = 0;
    walk_processes(&boot);
    time_text(boot, texts[0], 64), time_text(now(), texts[1], 64);
    wprintf(L"boot %ls %ls\n", texts[0], texts[1]);
}

static void print_listeners(void)
{
    MIB_TCPTABLE_OWNER_PID *table = listening();
    for (DWORD i = 0; table && i < table->dwNumEntries; i++) {
        WCHAR text[32];
        address_text(&table->table[i], text, 32);
        wprintf(L"listener %ls %lu %lu\n", text, port_of(&table->table[i]), table->table[i].dwOwningPid);
    }
    free(table);
}

int wmain(void)
{
    WSADATA data;
    const WCHAR *line = GetCommandLineW();
    if (GetFileAttributesW(L"C:\\lab\\no-powershell") != INVALID_FILE_ATTRIBUTES) {
        wprintf(L"This program is blocked by group policy.\n");
        return 1;
    }
    WSAStartup(MAKEWORD(2, 2), &data);
    if (wcsstr(line, L"Win32_OperatingSystem")) print_times();
    if (wcsstr(line, L"Win32_Process")) walk_processes(NULL);
    if (wcsstr(line, L"MSFT_NetTCPConnection")) print_listeners();
    wprintf(L"end\n");
    return 0;
}
