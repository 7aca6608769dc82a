/*
 * Runs a command line for a service of the lab that works outside of Wine: `wine` would rebuild the line from its arguments, and
 * an exit status of Linux has 8 bits. The file that is named by the argument holds UTF-16 texts that end with NUL: the command
 * line, the working folder, then variables (NAME=VALUE). It is deleted when the program has been started; the exit code, or the
 * reason why there is no program, goes to FILE.code.
 * The program and all that it starts are in a job that ends with this process.
 */
#include <stdio.h>
#include <windows.h>

static WCHAR *read_texts(const WCHAR *path)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return NULL;
    DWORD size = GetFileSize(file, NULL), got = 0;
    WCHAR *texts = calloc(size + 2 * sizeof(WCHAR), 1); /* ends with an empty text, whatever the file does */
    ReadFile(file, texts, size, &got, NULL);
    CloseHandle(file);
    return texts;
}

static void write_code(const WCHAR *path, DWORD code)
{
    WCHAR name[MAX_PATH];
    swprintf(name, MAX_PATH, L"%ls.code", path);
    FILE *file = _wfopen(name, L"w");
    if (file) fprintf(file, "%lu", code), fclose(file);
}

/* The program's exit code, or why it can't be started. */
static DWORD run(WCHAR *line, const WCHAR *folder, const WCHAR *request)
{
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION process;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
    HANDLE job = CreateJobObjectW(NULL, NULL);
    DWORD code;

    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, folder, &startup, &process))
        return GetLastError();
    AssignProcessToJobObject(job, process.hProcess);
    DeleteFileW(request);
    ResumeThread(process.hThread);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return code;
}

int wmain(int argc, WCHAR **argv)
{
    WCHAR *line = argc > 1 ? read_texts(argv[1]) : NULL;
    if (!line) return 1;
    WCHAR *folder = line + wcslen(line) + 1;
    for (WCHAR *variable = folder + wcslen(folder) + 1; *variable; variable += wcslen(variable) + 1) {
        WCHAR *value = wcschr(variable, L'=');
        *value = 0;
        SetEnvironmentVariableW(variable, value + 1);
        variable = value + 1;
    }
    write_code(argv[1], run(line, *folder ? folder : _wgetenv(L"USERPROFILE"), argv[1]));
    return 0;
}
