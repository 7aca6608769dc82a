/* What `sc create`, `config`, `description`, `failure`, `failureflag` and `sidtype` write. */

struct options {
    DWORD type, start, error;
    BOOL is_delayed;
    const WCHAR *path, *group, *account, *password, *display;
    WCHAR depend[4096]; /* names that end with NUL, and an empty one */
    BOOL has_depend;
};

struct word {
    const WCHAR *text;
    DWORD value;
};

static BOOL number_of(const struct word *words, size_t count, const WCHAR *text, DWORD *value)
{
    for (size_t i = 0; i < count; i++)
        if (!_wcsicmp(words[i].text, text)) return *value = words[i].value, TRUE;
    return FALSE;
}

/* NAME= VALUE pairs, each two arguments. */
static DWORD read_options(int argc, WCHAR **argv, struct options *options)
{
    static const struct word types[] = {{L"kernel", 1}, {L"filesys", 2}, {L"own", 0x10}, {L"share", 0x20}};
    static const struct word starts[] = {{L"boot", 0},         {L"system", 1}, {L"auto", 2},
                                         {L"delayed-auto", 2}, {L"demand", 3}, {L"disabled", 4}};
    static const struct word errors[] = {{L"ignore", 0}, {L"normal", 1}, {L"severe", 2}, {L"critical", 3}};
    memset(options, 0, sizeof *options);
    options->type = options->start = options->error = SERVICE_NO_CHANGE;
    if (argc % 2) return ERROR_INVALID_COMMAND_LINE;
    for (int i = 0; i < argc; i += 2) {
        const WCHAR *name = argv[i], *value = argv[i + 1];
        BOOL is_known = TRUE;
        if (!_wcsicmp(name, L"binPath=")) options->path = value;
        else if (!_wcsicmp(name, L"group=")) options->group = value;
        else if (!_wcsicmp(name, L"obj=")) options->account = value;
        else if (!_wcsicmp(name, L"password=")) options->password = value;
        else if (!_wcsicmp(name, L"DisplayName=")) options->display = value;
        else if (!_wcsicmp(name, L"type=")) is_known = number_of(types, COUNT(types), value, &options->type);
        else if (!_wcsicmp(name, L"error=")) is_known = number_of(errors, COUNT(errors), value, &options->error);
        else if (!_wcsicmp(name, L"start=")) {
            is_known = number_of(starts, COUNT(starts), value, &options->start);
            options->is_delayed = !_wcsicmp(value, L"delayed-auto");
        } else if (!_wcsicmp(name, L"depend=")) {
            options->has_depend = TRUE;
            wcsncpy(options->depend, value, COUNT(options->depend) - 2);
            for (WCHAR *at = options->depend; *at; at++)
                if (*at == L'/') *at = 0;
        } else is_known = FALSE;
        if (!is_known) return ERROR_INVALID_COMMAND_LINE;
    }
    return 0;
}

/* Windows knows the accounts; here any that comes with a password is one. */
static DWORD check_account(const struct options *options)
{
    static const WCHAR *const known[] = {L"LocalSystem", L"NT AUTHORITY\\LocalService", L"NT AUTHORITY\\NetworkService",
                                         L"NT AUTHORITY\\SYSTEM"};
    const WCHAR *account = options->account;
    if (!account || options->password || !_wcsnicmp(account, L"NT SERVICE\\", 11)) return 0;
    for (size_t i = 0; i < COUNT(known); i++)
        if (!_wcsicmp(known[i], account)) return 0;
    return account[0] && account[wcslen(account) - 1] == L'$' ? 0 : ERROR_INVALID_SERVICE_ACCOUNT;
}

/* What Wine's manager forgets or changes when it writes its own values: it keeps a path as REG_SZ, and no dependencies. */
struct rest {
    WCHAR path[4096], depend[4096];
    DWORD depend_size;
};

static void read_rest(const WCHAR *name, struct rest *rest)
{
    get_value(name, L"ImagePath", rest->path, sizeof rest->path);
    rest->depend_size = get_value(name, L"DependOnService", rest->depend, sizeof rest->depend);
}

static void write_rest(const WCHAR *name, const struct rest *rest)
{
    set_text(name, L"ImagePath", REG_EXPAND_SZ, rest->path);
    if (*rest->depend) set_value(name, L"DependOnService", REG_MULTI_SZ, rest->depend, rest->depend_size);
    else remove_value(name, L"DependOnService");
}

static void write_changes(const WCHAR *name, const struct options *options, struct rest *rest)
{
    if (options->path) wcsncpy(rest->path, options->path, COUNT(rest->path) - 1);
    if (options->has_depend) {
        memcpy(rest->depend, options->depend, sizeof rest->depend);
        const WCHAR *end = rest->depend;
        while (*end) end += wcslen(end) + 1;
        rest->depend_size = (DWORD)((end + 1 - rest->depend) * sizeof *end);
    }
    write_rest(name, rest);
    if (options->is_delayed) set_number(name, L"DelayedAutostart", 1);
    else if (options->start != SERVICE_NO_CHANGE) remove_value(name, L"DelayedAutostart");
}

/* Windows keeps the password of a service as a secret, which no program reads. Wine forgets it. */
static void keep_password(const WCHAR *name, const struct options *options)
{
    HKEY key;
    if (!options->password || RegCreateKeyW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\lab\\secrets", &key)) return;
    RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)options->password, (DWORD)(wcslen(options->password) + 1) * sizeof(WCHAR));
    RegCloseKey(key);
}

static DWORD create(SC_HANDLE manager, const WCHAR *name, const struct options *options)
{
    DWORD type = options->type == SERVICE_NO_CHANGE ? SERVICE_WIN32_OWN_PROCESS : options->type;
    DWORD start = options->start == SERVICE_NO_CHANGE ? SERVICE_DEMAND_START : options->start;
    DWORD error = options->error == SERVICE_NO_CHANGE ? SERVICE_ERROR_NORMAL : options->error;
    if (!options->path) return ERROR_INVALID_COMMAND_LINE;
    if (wcspbrk(name, L"/\\") || wcslen(name) > 256) return ERROR_INVALID_NAME;
    if (check_account(options)) return check_account(options);
    const WCHAR *display = options->display ? options->display : name;
    SC_HANDLE service = CreateServiceW(manager, name, display, SERVICE_ALL_ACCESS, type, start, error, options->path, options->group,
                                       NULL, NULL, options->account, options->password);
    if (!service) return GetLastError();
    struct rest rest = {0};
    write_changes(name, options, &rest);
    return 0;
}

static DWORD change(SC_HANDLE service, const WCHAR *name, const struct options *options)
{
    struct rest rest;
    WCHAR group[256];
    read_rest(name, &rest);
    get_value(name, L"Group", group, sizeof group);
    if (options->is_delayed && (options->group ? *options->group : *group)) return ERROR_INVALID_PARAMETER;
    if (check_account(options)) return check_account(options);
    if (!ChangeServiceConfigW(service, options->type, options->start, options->error, options->path, options->group, NULL, NULL,
                              options->account, options->password, options->display))
        return GetLastError();
    write_changes(name, options, &rest);
    keep_password(name, options);
    return 0;
}

/* FailureActions, as SERVICE_FAILURE_ACTIONS lies in the registry: five numbers, then a type and a delay for each action. */
static DWORD change_failure(const WCHAR *name, int argc, WCHAR **argv)
{
    static const struct word actions[] = {{L"", 0}, {L"restart", 1}, {L"reboot", 2}, {L"run", 3}};
    DWORD data[5 + 2 * 16] = {0, 0, 0, 0, 0x14};
    BOOL has_reset = FALSE, has_actions = FALSE;
    for (int i = 0; i + 1 < argc; i += 2) {
        WCHAR *value = argv[i + 1];
        if (!_wcsicmp(argv[i], L"reset="))
            has_reset = TRUE, data[0] = !_wcsicmp(value, L"infinite") ? INFINITE : wcstoul(value, NULL, 10);
        else if (!_wcsicmp(argv[i], L"command=")) set_text(name, L"FailureCommand", REG_EXPAND_SZ, value);
        else if (!_wcsicmp(argv[i], L"reboot=")) set_text(name, L"RebootMessage", REG_SZ, value);
        else if (!_wcsicmp(argv[i], L"actions=")) {
            has_actions = TRUE;
            while (*value && data[3] < 16) {
                WCHAR *slash = wcschr(value, L'/');
                if (!slash) return ERROR_INVALID_COMMAND_LINE;
                *slash = 0;
                if (!number_of(actions, COUNT(actions), value, &data[5 + 2 * data[3]])) return ERROR_INVALID_COMMAND_LINE;
                data[6 + 2 * data[3]++] = wcstoul(slash + 1, &value, 10);
                if (*value == L'/') value++;
            }
        } else return ERROR_INVALID_COMMAND_LINE;
    }
    if (has_reset != has_actions) return ERROR_INVALID_COMMAND_LINE;
    return has_reset ? set_value(name, L"FailureActions", REG_BINARY, data, (5 + 2 * data[3]) * sizeof *data) : 0;
}

static DWORD change_more(SC_HANDLE service, const WCHAR *name, const WCHAR *verb, int argc, WCHAR **argv)
{
    static const struct word sids[] = {{L"none", 0}, {L"unrestricted", 1}, {L"restricted", 3}};
    DWORD sid;
    if (!_wcsicmp(verb, L"description")) {
        SERVICE_DESCRIPTIONW description = {argc > 0 ? argv[0] : L""};
        struct rest rest;
        read_rest(name, &rest);
        if (!ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description)) return GetLastError();
        write_rest(name, &rest);
        return 0;
    }
    if (!_wcsicmp(verb, L"failure")) return change_failure(name, argc, argv);
    if (argc != 1) return ERROR_INVALID_COMMAND_LINE;
    if (!_wcsicmp(verb, L"failureflag")) return set_number(name, L"FailureActionsOnNonCrashFailures", argv[0][0] == L'1');
    if (!_wcsicmp(verb, L"sidtype") && number_of(sids, COUNT(sids), argv[0], &sid)) return set_number(name, L"ServiceSidType", sid);
    return ERROR_INVALID_COMMAND_LINE;
}
