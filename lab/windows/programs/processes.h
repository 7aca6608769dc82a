/* The processes of the host, and the TCP ports on which they listen. */
#include <winsock2.h>
#include <windows.h>
#include <iphlpapi.h>
#include <stdlib.h>
#include <tlhelp32.h>
#include <wchar.h>
#include <winternl.h>

static ULONGLONG created(HANDLE process)
{
    FILETIME creation, others[3];
    if (!GetProcessTimes(process, &creation, &others[0], &others[1], &others[2])) return 0;
    return (ULONGLONG)creation.dwHighDateTime << 32 | creation.dwLowDateTime;
}

/* Wine's sockets are in its server, so its table of ports knows no process: a process with a handle of it has it. */
static DWORD listener(u_short port)
{
    struct {
        ULONG_PTR count, reserved;
        struct {
            void *object;
            ULONG_PTR pid, handle;
            ULONG access;
            USHORT trace, type;
            ULONG attributes, reserved;
        } handles[];
    } *all = NULL;
    ULONG size = 1 << 20;
    DWORD found = 0;
    while (NtQuerySystemInformation(64 /* SystemExtendedHandleInformation */, all = realloc(all, size), size, NULL)) size *= 2;
    for (ULONG_PTR i = 0; i < all->count && !found; i++) {
        HANDLE copy, process = OpenProcess(PROCESS_DUP_HANDLE, FALSE, (DWORD)all->handles[i].pid);
        if (DuplicateHandle(process, (HANDLE)all->handles[i].handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
            struct sockaddr_in address;
            int length = sizeof address;
            if (!getsockname((SOCKET)copy, (struct sockaddr *)&address, &length) && address.sin_port == port)
                found = (DWORD)all->handles[i].pid;
            CloseHandle(copy);
        }
        CloseHandle(process);
    }
    free(all);
    return found;
}

/* The ports with the processes that have them, to be freed. */
static MIB_TCPTABLE_OWNER_PID *listening(void)
{
    DWORD size = 0;
    MIB_TCPTABLE_OWNER_PID *table = NULL;
    while (GetExtendedTcpTable(table, &size, FALSE, AF_INET, TCP_TABLE_OWNER_PID_LISTENER, 0) == ERROR_INSUFFICIENT_BUFFER)
        table = realloc(table, size += 4096);
    for (DWORD i = 0; table && i < table->dwNumEntries; i++)
        if (!table->table[i].dwOwningPid) table->table[i].dwOwningPid = listener((u_short)table->table[i].dwLocalPort);
    return table;
}

static void address_text(const MIB_TCPROW_OWNER_PID *row, WCHAR *text, size_t length)
{
    const BYTE *address = (const BYTE *)&row->dwLocalAddr;
    swprintf(text, length, L"%u.%u.%u.%u", address[0], address[1], address[2], address[3]);
}

static DWORD port_of(const MIB_TCPROW_OWNER_PID *row)
{
    return ntohs((u_short)row->dwLocalPort);
}
