/*
 * Our model of what certutil.exe of Windows does with files: -encode and -decode (PEM armour around base64), and -hashfile with the
 * algorithms of Windows. Wine's is a stub that does nothing and exits with 0.
 */
#include <stdio.h>
#include <windows.h>
#include <wincrypt.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int failed(const WCHAR *verb, DWORD error)
{
    DWORD code = HRESULT_FROM_WIN32(error);
    wprintf(L"CertUtil: -%ls command FAILED: 0x%lx (WIN32: %lu)\n", verb, code, error);
    return (int)code;
}

static int done(const WCHAR *verb)
{
    wprintf(L"CertUtil: -%ls command completed successfully.\n", verb);
    return 0;
}

static BYTE *read_file(const WCHAR *path, DWORD *size)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return NULL;
    *size = GetFileSize(file, NULL);
    BYTE *bytes = calloc(*size + 1, 1);
    ReadFile(file, bytes, *size, size, NULL);
    CloseHandle(file);
    return bytes;
}

static BOOL write_file(const WCHAR *path, const void *bytes, DWORD size, BOOL overwrites)
{
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, overwrites ? CREATE_ALWAYS : CREATE_NEW, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return FALSE;
    BOOL is_written = WriteFile(file, bytes, size, &size, NULL);
    return CloseHandle(file) && is_written;
}

static int encode(const BYTE *bytes, DWORD size, const WCHAR *to, BOOL overwrites)
{
    DWORD length = 0;
    CryptBinaryToStringA(bytes, size, CRYPT_STRING_BASE64HEADER, NULL, &length);
    char *text = malloc(length);
    CryptBinaryToStringA(bytes, size, CRYPT_STRING_BASE64HEADER, text, &length);
    if (!write_file(to, text, length, overwrites)) return failed(L"encode", GetLastError());
    wprintf(L"Input Length = %lu\nOutput Length = %lu\n", size, length);
    return done(L"encode");
}

static int decode(const BYTE *text, DWORD length, const WCHAR *to, BOOL overwrites)
{
    DWORD size = 0;
    if (!CryptStringToBinaryA((const char *)text, length, CRYPT_STRING_BASE64_ANY, NULL, &size, NULL, NULL))
        return failed(L"decode", ERROR_INVALID_DATA);
    BYTE *bytes = malloc(size);
    CryptStringToBinaryA((const char *)text, length, CRYPT_STRING_BASE64_ANY, bytes, &size, NULL, NULL);
    if (!write_file(to, bytes, size, overwrites)) return failed(L"decode", GetLastError());
    wprintf(L"Input Length = %lu\nOutput Length = %lu\n", length, size);
    return done(L"decode");
}

static int hash_file(const BYTE *bytes, DWORD size, const WCHAR *path, const WCHAR *name)
{
    static const struct { const WCHAR *name; ALG_ID algorithm; } known[] = {
        {L"MD5", CALG_MD5}, {L"SHA1", CALG_SHA1}, {L"SHA256", CALG_SHA_256}, {L"SHA384", CALG_SHA_384}, {L"SHA512", CALG_SHA_512}};
    HCRYPTPROV provider;
    HCRYPTHASH hash;
    BYTE digest[64];
    DWORD length = sizeof digest;
    size_t i = 0;
    while (i < COUNT(known) && _wcsicmp(known[i].name, name)) i++;
    if (i == COUNT(known)) return failed(L"hashfile", ERROR_INVALID_PARAMETER);
    CryptAcquireContextW(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT);
    CryptCreateHash(provider, known[i].algorithm, 0, 0, &hash);
    CryptHashData(hash, bytes, size, 0);
    if (!CryptGetHashParam(hash, HP_HASHVAL, digest, &length, 0)) return failed(L"hashfile", GetLastError());
    wprintf(L"%ls hash of %ls:\n", known[i].name, path);
    for (DWORD at = 0; at < length; at++) wprintf(L"%02x", digest[at]);
    wprintf(L"\n");
    return done(L"hashfile");
}

int wmain(int argc, WCHAR **argv)
{
    BOOL overwrites = FALSE;
    const WCHAR *verb = L"", *words[2] = {L"", L""};
    int count = 0;
    DWORD size;
    for (int i = 1; i < argc; i++) {
        if (!_wcsicmp(argv[i], L"-f")) overwrites = TRUE;
        else if (argv[i][0] == L'-') verb = argv[i] + 1;
        else if (count < 2) words[count++] = argv[i];
    }
    BYTE *bytes = read_file(words[0], &size);
    if (!bytes) return failed(verb, GetLastError());
    if (!_wcsicmp(verb, L"encode")) return encode(bytes, size, words[1], overwrites);
    if (!_wcsicmp(verb, L"decode")) return decode(bytes, size, words[1], overwrites);
    if (!_wcsicmp(verb, L"hashfile")) return hash_file(bytes, size, words[0], *words[1] ? words[1] : L"SHA1");
    return failed(verb, ERROR_INVALID_PARAMETER);
}
