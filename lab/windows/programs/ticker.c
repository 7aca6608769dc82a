/*
 * A program that stays alive, for services of the lab. Options, in any order:
 *   --record FILE        writes its arguments and its environment into a file, as record.h says
 *   --out TEXT           prints a line;  --err TEXT: on standard error
 *   --listen PORT        answers each connection to 127.0.0.1 with "HTTP/1.1 200 OK"
 *   --ignore-ctrl        takes no notice of Ctrl-C
 *   --child              starts itself once more, without options, and waits
 *   --exit CODE          ends with a code, at once or --after SECONDS
 * The variable LISTEN ("PORT STATUS SERVER") has it listen as well, for services whose arguments are fixed.
 */
#include <winsock2.h>
#include "record.h"

static char answer[256] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

static DWORD WINAPI serve(void *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((u_short)(ULONG_PTR)port)};
    WSADATA data;
    char request[4096];
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), connection;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) ExitProcess(98);
    while ((connection = accept(listener, NULL, NULL)) != INVALID_SOCKET) {
        recv(connection, request, sizeof request, 0);
        send(connection, answer, (int)strlen(answer), 0);
        closesocket(connection);
    }
    return 0;
}

static void listen_on(int port)
{
    CreateThread(NULL, 0, serve, (void *)(ULONG_PTR)port, 0, NULL);
}

static void listen_as_told(void)
{
    char told[128], server[64];
    int port, status;
    if (!GetEnvironmentVariableA("LISTEN", told, sizeof told)) return;
    if (sscanf(told, "%d %d %63s", &port, &status, server) != 3) ExitProcess(97);
    sprintf(answer, "HTTP/1.1 %d Status\r\nServer: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status, server);
    listen_on(port);
}

static BOOL WINAPI ignore(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

static void start_child(WCHAR *program)
{
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    WCHAR line[MAX_PATH + 3];
    swprintf(line, MAX_PATH + 3, L"\"%ls\"", program);
    CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &process);
}

int wmain(int argc, WCHAR **argv)
{
    int code = -1, after = 0;
    listen_as_told();
    for (int i = 1; i < argc; i++) {
        const WCHAR *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : L"";
        if (!wcscmp(option, L"--ignore-ctrl")) SetConsoleCtrlHandler(ignore, TRUE);
        else if (!wcscmp(option, L"--child")) start_child(argv[0]);
        else if (i++, !wcscmp(option, L"--record")) record(value, argc, argv);
        else if (!wcscmp(option, L"--out")) put_utf8(stdout, value);
        else if (!wcscmp(option, L"--err")) put_utf8(stderr, value);
        else if (!wcscmp(option, L"--listen")) listen_on(_wtoi(value));
        else if (!wcscmp(option, L"--exit")) code = (int)wcstoul(value, NULL, 10);
        else if (!wcscmp(option, L"--after")) after = _wtoi(value);
    }
    Sleep(code == -1 ? INFINITE : (DWORD)after * 1000);
    return code;
}
