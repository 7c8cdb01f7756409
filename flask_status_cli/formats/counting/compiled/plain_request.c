/* Finds the rule of a plain request; see plain_request.h. */

#include "plain_request.h"

#include <string.h>

#define NUMBER_DIGITS 20

/* The kinds of characters. A path has slashes, and characters of some kind. */
enum {
    DIGIT = 1,
    HEX_LETTER = 2,
    OTHER_LETTER = 4,
    UPPER = 8,
    LOWER = 16,
    HYPHEN = 32,
    UNDERSCORE = 64,
    AT = 128,
    OTHER = 256,
};

static const unsigned short kinds[256] = {
    ['0' ... '9'] = DIGIT,
    ['A' ... 'F'] = HEX_LETTER | UPPER,
    ['G' ... 'Z'] = OTHER_LETTER | UPPER,
    ['a' ... 'f'] = HEX_LETTER | LOWER,
    ['g' ... 'z'] = OTHER_LETTER | LOWER,
    ['-'] = HYPHEN,
    ['_'] = UNDERSCORE,
    ['@'] = AT,
    ['!'] = OTHER,
    ['$'] = OTHER,
    ['&' ... ','] = OTHER,
    ['.'] = OTHER,
    [':'] = OTHER,
    ['='] = OTHER,
    ['['] = OTHER,
    [']' ... '^'] = OTHER,
    ['`'] = OTHER,
    ['{' ... '~'] = OTHER,
};

static unsigned
kind_of(char byte)
{
    return kinds[(unsigned char)byte];
}

static int
is_digit(char byte)
{
    return kind_of(byte) == DIGIT;
}

/* Returns whether a segment, in which these kinds of characters were met, may be variable. It is no number. */
static int
may_be_variable(const char *segment, size_t length, unsigned met)
{
    const unsigned token = DIGIT | UPPER | LOWER;
    if (met & AT) /* an e-mail address */
        return 1;
    if (length >= 3 && !memcmp(segment, "eyJ", 3)) /* a JSON Web Token */
        return 1;
    if (length == 36 && !(met & (OTHER_LETTER | UNDERSCORE | OTHER))) /* a UUID */
        return 1;
    if (!(met & DIGIT))
        return 0;
    if (length == 10 && met == (DIGIT | HYPHEN)) /* a date */
        return 1;
    if (length >= 16 && !(met & (OTHER_LETTER | HYPHEN | UNDERSCORE | OTHER))) /* hexadecimal */
        return 1;
    return length >= 20 && (met & token) == token && !(met & OTHER); /* a token */
}

/* Returns whether the text behind the last dot of a path is the extension of a static file. */
static int
is_static(const PathRules *rules, const char *extension, const char *end)
{
    size_t length = (size_t)(end - extension);
    const char *one = rules->extensions;
    while (one < rules->extensions_end) {
        size_t size = strlen(one), at = 0;
        while (size == length && at < size &&
               (one[at] == extension[at] ||
                ((kind_of(extension[at]) & UPPER) && one[at] == extension[at] - 'A' + 'a')))
            at++;
        if (size == length && at == size)
            return 1;
        one += size + 1;
    }
    return 0;
}

static char *
append(char *to, const char *text, size_t length)
{
    memcpy(to, text, length);
    return to + length;
}

/* Returns where the query ends that begins here. */
static const char *
end_of_query(const char *at, const char *end)
{
    while (at < end && *at > ' ' && *at < 0x7f && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* Returns the three digits of the status behind the path and the query; NULL if they are not there. */
static const char *
find_status(const char *at, const char *end)
{
    const char *status;
    int digits = 0;
    if (end - at < 7 || memcmp(at, " HTTP/", 6) || !is_digit(at[6]))
        return NULL;
    at += 7;
    if (at < end && *at == '.') {
        for (at++; at < end && is_digit(*at) && digits < 3; at++)
            digits++;
        if (!digits)
            return NULL;
    }
    if (end - at < 2 + STATUS_DIGITS || at[0] != '"' || at[1] != ' ')
        return NULL;
    status = at + 2;
    for (at = status; at < status + STATUS_DIGITS; at++)
        if (!is_digit(*at))
            return NULL;
    if (at < end && *at == ' ')
        at++;
    return at == end ? status : NULL;
}

/* What was read of a path. */
typedef struct {
    const char *first_end;      /* the end of the first segment */
    size_t first;               /* the length of the first segment as it was written, with its slash */
    const char *dot;            /* the last dot, if it is in the last segment */
    int segments, numbers;      /* how many segments, and how many are numbers */
    int first_other, any_other; /* whether the first segment may be variable, or any one; not numbers */
} Path;

/* Reads the path at `at`, and writes it with all numbers replaced. Returns its end, and sets `to` to the end of
   what was written. It stops behind MOST_SEGMENTS segments. */
static const char *
read_path(const PathRules *rules, const char *at, const char *end, Path *path, char **to)
{
    char *begin = *to;
    *path = (Path){0};
    while (at < end && *at == '/' && path->segments < MOST_SEGMENTS) {
        const char *segment = ++at;
        unsigned met = 0, kind;
        size_t length;
        path->dot = NULL;
        for (; at < end && (kind = kind_of(*at)) != 0; at++) {
            met |= kind;
            if (*at == '.')
                path->dot = at;
        }
        length = (size_t)(at - segment);
        *(*to)++ = '/';
        if (met == DIGIT && length <= NUMBER_DIGITS) {
            path->numbers++;
            *to = append(*to, rules->number, rules->number_length);
        } else {
            path->any_other |= may_be_variable(segment, length, met);
            *to = append(*to, segment, length);
        }
        if (path->segments++ == 0) {
            path->first_end = at;
            path->first = (size_t)(*to - begin);
            path->first_other = path->any_other;
        }
    }
    return at;
}

int
read_plain(const PathRules *rules, const char *key, size_t length, PlainRequest *request)
{
    const char *end = key + length, *at = key, *path_end;
    char *to = request->text;
    Path path;
    if (length > LONGEST_REQUEST)
        return 0;
    while (at < end && *at >= 'A' && *at <= 'Z')
        at++;
    if (at == key || end - at < 2 || at[0] != ' ' || at[1] != '/')
        return 0;
    request->first = at + 2; /* behind the blank and the slash */
    at = path_end = read_path(rules, at + 1, end, &path, &to);
    request->first_length = (size_t)(path.first_end - request->first);
    if (at < end && *at == '?')
        at = end_of_query(at + 1, end);
    at = find_status(at, end);
    if (!at)
        return 0;
    if (path.segments > 1 && path.dot && is_static(rules, path.dot + 1, path_end)) {
        request->proven = !path.first_other;
        if (request->proven) {
            to = append(request->text + path.first, "/", 1);
            to = append(to, rules->file, rules->file_length);
        }
    } else {
        /* of two numbers, the second one gets another name */
        request->proven = !path.any_other && path.numbers < 2;
    }
    to = append(to, at, STATUS_DIGITS);
    request->length = (size_t)(to - request->text);
    return 1;
}
