/* Takes a block apart: finds the parts of every line, and looks them up in the tables. */

#include "scanner.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_DURATION 64
#define SHORT 7 /* bytes of a short duration */
#define SHORT_BITS 13

/* Appends a text; returns its number as a line stores it. */
static int64_t
texts_append(Texts *texts, size_t at, size_t length)
{
    Text *more = one_more(texts->texts, texts->used, &texts->room, sizeof(Text));
    if (!more)
        return NO_MEMORY;
    texts->texts = more;
    texts->texts[texts->used] = (Text){(uint32_t)at, (uint32_t)length};
    return -2 - (int64_t)texts->used++;
}

/* Returns the number of a text of the block; a text without one is appended to `texts`. */
static int64_t
look_up(Scanner *self, Table *table, Texts *texts, const char *block, size_t at, size_t length)
{
    int64_t *value = table_find(table, block + at, length, self->secrets);
    if (!value)
        return NO_MEMORY;
    if (*value == ODD)
        *value = texts_append(texts, at, length);
    return *value;
}

/* Returns the number of a key, that of its rule if it is plain. */
static int64_t
look_up_key(Scanner *self, const char *block, const char *key, size_t length)
{
    const int64_t *known = table_get(&self->keys, key, length, self->secrets);
    int64_t code, *stored;
    if (known && *known != ODD)
        return *known;
    code = rules_look_up(&self->rules, key, length, self->secrets);
    if (code == ODD)
        return look_up(self, &self->keys, &self->new_keys, block, (size_t)(key - block), length);
    if (code < 0 || code == NO_MEMORY)
        return code;
    stored = table_find(&self->keys, key, length, self->secrets);
    if (!stored)
        return NO_MEMORY;
    *stored = code;
    return code;
}

/* Looks a prefix up that is not an address alone. Returns -1 if memory is short. */
static int
scan_prefix(Scanner *self, const char *block, const char *prefix, size_t length, Line *line)
{
    Texts *texts = &self->new_prefixes;
    const Text *last = texts->used ? &texts->texts[texts->used - 1] : NULL;
    int64_t number;
    if (table_get(&self->prefixes, prefix, length, self->secrets))
        return 0;
    if (last && last->length == length && !memcmp(block + last->at, prefix, length)) {
        line->prefix = (uint32_t)(texts->used - 1);
        return 0;
    }
    number = texts_append(texts, (size_t)(prefix - block), length);
    if (number == NO_MEMORY)
        return -1;
    line->prefix = (uint32_t)(-2 - number);
    return 0;
}

static int
is_one_of(char byte, const char *bytes, size_t number)
{
    for (size_t at = 0; at < number; at++)
        if (bytes[at] == byte)
            return 1;
    return 0;
}

/* Returns whether there is a backslash between two places of the block. The places only ever move on. */
static int
has_backslash(Scanner *self, const char *at, const char *end)
{
    if (self->backslash < at) {
        const char *next = memchr(at, '\\', (size_t)(self->block_end - at));
        self->backslash = next ? next : self->block_end;
    }
    return self->backslash < end;
}

/* Returns where a text without these bytes ends. The byte behind a backslash belongs to the text. */
static const char *
end_of_text(Scanner *self, const char *bytes, size_t number, const char *at, const char *end)
{
    if (number == 1) { /* in quotes, mostly without a backslash */
        const char *last = memchr(at, *bytes, (size_t)(end - at));
        last = last ? last : end;
        if (!has_backslash(self, at, last))
            return last;
    }
    for (; at < end && !is_one_of(*at, bytes, number); at++) {
        if (*at != '\\')
            continue;
        if (at + 1 == end)
            break;
        at++;
    }
    return at;
}

/* The bytes of numbers. */
static const unsigned char in_number[256] = {
    ['-'] = 1, ['.'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
    ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
};

/* Finds the duration behind the status by the steps of `duration_steps.py`; NULL if there is none. */
static const char *
find_duration(Scanner *self, const char *at, const char *end, size_t *length)
{
    const char *step = self->first_step, *last = self->last_step, *begin = NULL;
    while (step < last) {
        size_t size;
        switch (*step++) {
        case 'L': /* a literal */
            size = (unsigned char)*step++;
            if ((size_t)(end - at) < size)
                return NULL;
            for (; size; size--) /* it is short */
                if (*at++ != *step++)
                    return NULL;
            break;
        case 'N': /* a number */
            while (in_number[(unsigned char)*at]) /* a line end is in none */
                at++;
            break;
        case 'T': /* a text without these bytes; the byte behind a backslash is in it */
            size = (unsigned char)*step++;
            at = end_of_text(self, step, size, at, end);
            step += size;
            break;
        case '(':
            begin = at;
            break;
        case ')':
            *length = (size_t)(at - begin);
            break;
        case 'E': /* the end of the line */
            if (at != end && !(at + 1 == end && *at == '\r'))
                return NULL;
            break;
        default: /* 'S': the end of a word */
            if (at < end && !memchr(" \t\r\f\v|;,\"", *at, 9))
                return NULL;
        }
    }
    return begin;
}

/* Returns the bucket of a duration; a text without one is appended to the new ones. */
static int64_t
look_up_duration(Scanner *self, const char *block, const char *duration, size_t length)
{
    size_t from = (size_t)(duration - block);
    Short *place = NULL;
    uint64_t text = 0;
    int64_t bucket;
    if (length > LONGEST_DURATION)
        return texts_append(&self->new_durations, from, length);
    if (length <= SHORT) {
        size_t number = 0; /* durations that are nearly the same are near each other: most lines have one of few */
        for (size_t at = 0; at < length; at++) {
            text = text << 8 | (unsigned char)duration[at];
            number = number * 10 + (unsigned char)duration[at];
        }
        text = text << 8 | (length + 1);
        place = &self->shorts[number & ((1 << SHORT_BITS) - 1)];
        if (place->text == text)
            return place->bucket;
    }
    bucket = look_up(self, &self->durations, &self->new_durations, block, from, length);
    if (place && (bucket >= 0 || bucket == UNTOLD) && bucket != NO_MEMORY)
        *place = (Short){text, bucket};
    return bucket;
}

/* Takes the line from `p` to `end` apart. Returns -1 if memory is short. */
static int
scan_line(Scanner *self, const char *block, const char *p, const char *end, Line *line)
{
    const char *at = p, *key, *key_end = end;
    line->code = ODD;
    line->took = UNTOLD;
    line->prefix = NO_TEXT;
    line->start = (uint32_t)(p - block);
    if (end - p > self->longest)
        return 0;
    while (at < end && ((*at >= '0' && *at <= '9') || *at == '.'))
        at++;
    if (end - at > 5 && !memcmp(at, " - - [", 6)) {
        at += 5;
    } else {
        while (at < end && *at != '[' && *at != '"')
            at++;
        if (at == end || *at != '[')
            return 0;
        if (scan_prefix(self, block, p, (size_t)(at - p), line) < 0)
            return -1;
    }
    if (end - at < 4 + STAMP + self->opens)
        return 0;
    line->stamp = (uint32_t)(at + 1 - block);
    key = at + 4 + STAMP;
    if (key[-3] != ':' || key[-2] < '0' || key[-2] > '5' || key[-1] < '0' || key[-1] > '9' ||
        memcmp(key, self->opening_text, (size_t)self->opens))
        return 0;
    key += self->opens;
    if (!self->whole) {
        const char *quote = memchr(key, '"', (size_t)(end - key)), *bracket = key;
        if (!quote || end - quote < 6 || quote[1] != ' ' || quote[5] != ' ')
            return 0;
        for (int digit = 2; digit < 5; digit++)
            if (quote[digit] < '0' || quote[digit] > '9')
                return 0;
        while ((bracket = memchr(bracket, ']', (size_t)(end - bracket))) != NULL) {
            bracket++;
            if (end - bracket > 1 && bracket[0] == ' ' && bracket[1] == '"')
                return 0; /* it may be two records */
        }
        key_end = quote + 6;
    }
    line->code = look_up_key(self, block, key, (size_t)(key_end - key));
    if (line->code == NO_MEMORY)
        return -1;
    if (self->last_step > self->first_step) {
        size_t length = 0;
        const char *duration = find_duration(self, key_end, end, &length);
        if (duration)
            line->took = look_up_duration(self, block, duration, length);
        if (line->took == NO_MEMORY)
            return -1;
    }
    return 0;
}

/* Takes all lines of a block apart, without the interpreter. Returns -1 if memory is short. */
static int
scan_block(Scanner *self, const char *block, size_t length)
{
    const char *p = block, *last = block + length;
    if (!self->shorts && self->last_step > self->first_step)
        self->shorts = calloc(1 << SHORT_BITS, sizeof(Short));
    if (!self->shorts && self->last_step > self->first_step)
        return -1;
    self->backslash = memchr(block, '\\', length);
    self->backslash = self->backslash ? self->backslash : last;
    self->block_end = last;
    self->used = self->new_keys.used = self->new_prefixes.used = self->new_durations.used = 0;
    while (p < last) {
        const char *end = memchr(p, '\n', (size_t)(last - p));
        Line *lines = one_more(self->lines, self->used, &self->room, sizeof(Line));
        if (!lines)
            return -1;
        self->lines = lines;
        if (scan_line(self, block, p, end, &self->lines[self->used++]) < 0)
            return -1;
        p = end + 1;
    }
    return 0;
}

static void
forget(Scanner *self)
{
    table_clear(&self->keys);
    rules_clear(&self->rules);
    if (self->unfilled) /* the durations have no numbers yet, either */
        table_clear(&self->durations);
    self->unfilled = 0;
}

static PyObject *
as_list(const Texts *texts, const char *block)
{
    PyObject *list = PyList_New((Py_ssize_t)texts->used);
    for (size_t at = 0; list && at < texts->used; at++) {
        const Text *text = &texts->texts[at];
        PyObject *item = PyBytes_FromStringAndSize(block + text->at, text->length);
        if (!item || PyList_SetItem(list, (Py_ssize_t)at, item) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static int
is_full(const Scanner *self, const Table *table)
{
    return (Py_ssize_t)table->used >= self->most_keys ||
           (Py_ssize_t)table->filled >= self->most_bytes;
}

static PyObject *
scan(Scanner *self, PyObject *block)
{
    char *text;
    Py_ssize_t length;
    int failed;
    PyObject *keys, *prefixes, *durations, *before = self->block;
    if (PyBytes_AsStringAndSize(block, &text, &length) < 0)
        return NULL;
    if (!length || text[length - 1] != '\n' || length >= NO_TEXT) {
        PyErr_SetString(PyExc_ValueError, "a block ends with a line end");
        return NULL;
    }
    if (self->unfilled || is_full(self, &self->keys) || is_full(self, &self->rules.codes))
        forget(self);
    if (self->durations.used >= (size_t)self->most_others)
        table_clear(&self->durations);
    Py_INCREF(block);
    self->block = block;
    Py_XDECREF(before);
    self->unfilled = 1;
    Py_BEGIN_ALLOW_THREADS
    failed = scan_block(self, text, (size_t)length);
    Py_END_ALLOW_THREADS
    if (failed)
        return PyErr_NoMemory();
    keys = as_list(&self->new_keys, text);
    prefixes = as_list(&self->new_prefixes, text);
    durations = as_list(&self->new_durations, text);
    if (!keys || !prefixes || !durations) {
        Py_XDECREF(keys);
        Py_XDECREF(prefixes);
        Py_XDECREF(durations);
        return NULL;
    }
    return Py_BuildValue("nNNN", (Py_ssize_t)self->used, keys, prefixes, durations);
}

PyObject *
Scanner_scan(Scanner *self, PyObject *block)
{
    PyObject *result;
    if (begin_call(self) < 0)
        return NULL;
    result = scan(self, block);
    self->busy = 0;
    return result;
}

PyObject *
Scanner_new_rules(Scanner *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *rules = NULL;
    if (begin_call(self) < 0)
        return NULL;
    if (self->unfilled)
        rules = rules_new(&self->rules);
    else
        PyErr_SetString(PyExc_ValueError, "no block was scanned");
    self->busy = 0;
    return rules;
}

/* Reads a number below `most` for each text. Returns -1 with an exception set. */
static int
numbers_of(PyObject *list, int64_t most, const Texts *texts, int64_t **numbers)
{
    *numbers = NULL;
    if (!PyList_Check(list) || PyList_Size(list) != (Py_ssize_t)texts->used) {
        PyErr_SetString(PyExc_ValueError, "one number for each new text is needed");
        return -1;
    }
    *numbers = malloc((texts->used + 1) * sizeof(int64_t));
    if (!*numbers) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t at = 0; at < texts->used; at++) {
        (*numbers)[at] = PyLong_AsLongLong(PyList_GetItem(list, (Py_ssize_t)at));
        if ((*numbers)[at] == -1 && PyErr_Occurred())
            return -1;
        if ((*numbers)[at] >= most) {
            PyErr_SetString(PyExc_OverflowError, "a number is too large");
            return -1;
        }
    }
    return 0;
}

/* Stores the numbers of texts in a table. Returns -1 with an exception set. */
static int
store_numbers(Scanner *self, Table *table, const Texts *texts, const int64_t *numbers)
{
    const char *block = PyBytes_AsString(self->block);
    for (size_t at = 0; at < texts->used; at++) {
        const Text *text = &texts->texts[at];
        int64_t *value;
        if (table == &self->durations && text->length > LONGEST_DURATION)
            continue;
        if (table == &self->prefixes && numbers[at] < 2)
            continue;
        value = table_find(table, block + text->at, text->length, self->secrets);
        if (!value) {
            PyErr_NoMemory();
            return -1;
        }
        *value = numbers[at];
    }
    return 0;
}

static PyObject *
fill(Scanner *self, PyObject *keys, PyObject *prefixes, PyObject *durations, PyObject *rules)
{
    PyObject *result = NULL;
    int64_t *codes = NULL, *verdicts = NULL, *took = NULL, *of_rules = NULL;
    Py_ssize_t odd = 0;
    if (!self->unfilled || !self->block) {
        PyErr_SetString(PyExc_ValueError, "no block was scanned");
        return NULL;
    }
    if (numbers_of(keys, MOST_CODES, &self->new_keys, &codes) < 0 ||
        numbers_of(prefixes, MOST_CODES, &self->new_prefixes, &verdicts) < 0 ||
        numbers_of(durations, MOST_BUCKETS, &self->new_durations, &took) < 0)
        goto done;
    for (size_t at = 0; at < self->new_keys.used; at++)
        codes[at] = codes[at] < 0 ? ODD : codes[at];
    for (size_t at = 0; at < self->new_durations.used; at++)
        took[at] = took[at] < 0 ? UNTOLD : took[at];
    if (self->prefixes.used >= (size_t)self->most_others)
        table_clear(&self->prefixes);
    if (store_numbers(self, &self->keys, &self->new_keys, codes) < 0 ||
        store_numbers(self, &self->prefixes, &self->new_prefixes, verdicts) < 0 ||
        store_numbers(self, &self->durations, &self->new_durations, took) < 0)
        goto done;
    of_rules = rules_fill(&self->rules, rules, self->secrets);
    if (!of_rules)
        goto done;
    for (size_t at = 0; at < self->used; at++) {
        Line *line = &self->lines[at];
        if (line->code <= NEW_RULE)
            line->code = of_rules[NEW_RULE - line->code];
        else if (line->code < ODD)
            line->code = codes[-2 - line->code];
        if (line->prefix != NO_TEXT && verdicts[line->prefix] <= 0)
            line->code = ODD;
        if (line->took < ODD && line->took != UNTOLD)
            line->took = took[-2 - line->took];
        odd += line->code == ODD;
    }
    self->unfilled = 0;
    result = PyLong_FromSsize_t(odd);
done:
    free(codes);
    free(verdicts);
    free(took);
    free(of_rules);
    return result;
}

PyObject *
Scanner_fill(Scanner *self, PyObject *args)
{
    PyObject *keys, *prefixes, *durations, *rules = NULL, *result;
    if (!PyArg_ParseTuple(args, "OOO|O", &keys, &prefixes, &durations, &rules) ||
        begin_call(self) < 0)
        return NULL;
    result = fill(self, keys, prefixes, durations, rules);
    self->busy = 0;
    return result;
}

size_t
start_of(const Scanner *self, size_t line)
{
    return line < self->used ? self->lines[line].start : (size_t)PyBytes_Size(self->block);
}

static PyObject *
odd_lines(Scanner *self)
{
    size_t length = 0;
    char *text;
    PyObject *all;
    if (self->unfilled || !self->block) {
        PyErr_SetString(PyExc_ValueError, "no block was scanned");
        return NULL;
    }
    for (size_t at = 0; at < self->used; at++)
        if (self->lines[at].code == ODD)
            length += start_of(self, at + 1) - self->lines[at].start;
    all = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
    if (!all)
        return NULL;
    text = PyBytes_AsString(all);
    for (size_t at = 0; at < self->used; at++)
        if (self->lines[at].code == ODD) {
            size_t size = start_of(self, at + 1) - self->lines[at].start;
            memcpy(text, PyBytes_AsString(self->block) + self->lines[at].start, size);
            text += size;
        }
    return all;
}

PyObject *
Scanner_odd_lines(Scanner *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *lines;
    if (begin_call(self) < 0)
        return NULL;
    lines = odd_lines(self);
    self->busy = 0;
    return lines;
}

PyObject *
Scanner_forget(Scanner *self, PyObject *Py_UNUSED(ignored))
{
    if (begin_call(self) < 0)
        return NULL;
    forget(self);
    self->busy = 0;
    Py_RETURN_NONE;
}
