/* Lines of fields on standard input and output, as wmi.c describes them. */

/* The fields of the next line; 0 at the end. They lie in one block, which fields[0] begins. */
static int read_fields(WCHAR **fields, int most)
{
    static char *line;
    static size_t size;
    size_t length = 0;
    int count = 0, c;
    while ((c = getchar()) != EOF && c != '\n') {
        if (length + 2 > size) line = realloc(line, size = 2 * size + 4096);
        line[length++] = (char)c;
    }
    if (c == EOF) return 0;
    while (length && line[length - 1] == '\r') length--;
    WCHAR *text = calloc(length + 1, sizeof *text), *to = text;
    MultiByteToWideChar(CP_UTF8, 0, line, (int)length, text, (int)length);
    fields[count++] = text;
    for (const WCHAR *from = text; *from; from++) {
        if (*from == L'\t') {
            *to++ = 0;
            if (count < most) fields[count++] = to;
        } else if (*from == L'\\' && from[1]) {
            from++;
            *to++ = *from == L't' ? L'\t' : *from == L'n' ? L'\n' : *from == L'r' ? L'\r' : *from;
        } else *to++ = *from;
    }
    *to = 0;
    return count;
}

static BOOL is_first;

static void begin_row(void)
{
    putchar('=');
    is_first = TRUE;
}

static void separate(void)
{
    if (!is_first) putchar('\t');
    is_first = FALSE;
}

/* Nothing at all is "\0". */
static void put_text(const WCHAR *text)
{
    char bytes[65536] = "";
    separate();
    if (!text) fputs("\\0", stdout);
    else WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, sizeof bytes, NULL, NULL);
    for (const char *at = bytes; *at; at++) {
        const char *escape = *at == '\t' ? "\\t" : *at == '\n' ? "\\n" : *at == '\r' ? "\\r" : *at == '\\' ? "\\\\" : NULL;
        if (escape) fputs(escape, stdout);
        else putchar(*at);
    }
}

static void put_number(ULONGLONG number)
{
    char digits[32];
    separate();
    fputs(_ui64toa(number, digits, 10), stdout);
}

static void put_bytes(const BYTE *bytes, DWORD size)
{
    separate();
    for (DWORD i = 0; i < size; i++) printf("%02x", bytes[i]);
}

static void end_row(void)
{
    putchar('\n');
}

static void end_answer(DWORD error)
{
    printf(".%lu\n", error);
    fflush(stdout);
}
