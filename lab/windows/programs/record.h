/* How a program was started: its arguments, its folder and its environment, in a file, a line each, in UTF-8. */
#include <stdio.h>
#include <windows.h>

static void put_utf8(FILE *file, const WCHAR *text)
{
    char line[65536] = "";
    WideCharToMultiByte(CP_UTF8, 0, text, -1, line, sizeof line, NULL, NULL);
    fprintf(file, "%s\n", line);
    fflush(file);
}

static void record(const WCHAR *path, int argc, WCHAR **argv)
{
    WCHAR folder[32768];
    FILE *file = _wfopen(path, L"wb");
    if (!file) return;
    for (int i = 0; i < argc; i++) put_utf8(file, argv[i]);
    GetCurrentDirectoryW(32768, folder);
    fputs("\n", file), put_utf8(file, folder), fputs("\n", file);
    for (WCHAR *variable = GetEnvironmentStringsW(); *variable; variable += wcslen(variable) + 1) put_utf8(file, variable);
    fclose(file);
}
