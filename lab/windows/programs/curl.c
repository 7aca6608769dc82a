/*
 * Our model of what curl.exe of Windows does with the options that the provider gives it: a GET of an http:// URL, the last argument.
 * Prints the head of the answer. Wine has no curl.exe.
 */
#include <winsock2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(int code, const char *host, int port)
{
    fprintf(stderr, "curl: (%d) Failed to connect to %s port %d\n", code, host, port);
    return code;
}

int wmain(int argc, WCHAR **argv)
{
    char url[1024] = "", host[256], path[512] = "/", text[1200], answer[8192];
    int port = 80, size = 0, read, seconds = 10000;
    struct sockaddr_in address = {.sin_family = AF_INET};
    WSADATA data;
    WideCharToMultiByte(CP_UTF8, 0, argc > 1 ? argv[argc - 1] : L"", -1, url, sizeof url, NULL, NULL);
    if (sscanf(url, "http://%255[^:/]:%d%511s", host, &port, path) < 1) {
        fprintf(stderr, "curl: (3) URL rejected: %s\n", url);
        return 3;
    }
    WSAStartup(MAKEWORD(2, 2), &data);
    address.sin_port = htons((u_short)port);
    address.sin_addr.s_addr = inet_addr(host);
    SOCKET connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, (char *)&seconds, sizeof seconds);
    if (connect(connection, (struct sockaddr *)&address, sizeof address)) return failed(7, host, port);
    sprintf(text, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n", path, host, port);
    send(connection, text, (int)strlen(text), 0);
    while (size < (int)sizeof answer - 1 && (read = recv(connection, answer + size, (int)sizeof answer - 1 - size, 0)) > 0) size += read;
    answer[size] = 0;
    char *end = strstr(answer, "\r\n\r\n");
    if (end == NULL) {
        fprintf(stderr, "curl: (52) Empty reply from server\n");
        return 52;
    }
    fwrite(answer, 1, (size_t)(end + 4 - answer), stdout);
    return 0;
}
