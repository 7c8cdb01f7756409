/* Remembers the codes of plain requests; see rule_codes.h. */

#include "rule_codes.h"

#include <stdlib.h>
#include <string.h>

/* Stores the first segments of declared rules, a zero byte after each. Returns -1 with an exception set. */
static int
store_declared(Table *declared, const char *at, const char *end, const uint64_t *secrets)
{
    for (; at < end; at += strlen(at) + 1)
        if (*at && !table_find(declared, at, strlen(at), secrets)) {
            PyErr_NoMemory();
            return -1;
        }
    return 0;
}

/* Returns whether a declared rule may match. If the first segment is empty, it may: slashes are merged. */
static int
may_be_declared(const RuleCodes *rules, const PlainRequest *request, const uint64_t *secrets)
{
    return rules->any_declared &&
           (!request->first_length ||
            table_get(&rules->declared, request->first, request->first_length, secrets));
}

int
rules_begin(RuleCodes *rules, PyObject *path_rules, const uint64_t *secrets)
{
    PathRules *told = &rules->path_rules;
    const char *declared = NULL;
    Py_ssize_t number, file, extensions, declared_length = 0;
    if (!PyArg_ParseTuple(path_rules, "y#y#y#|y#", &told->number, &number, &told->file, &file,
                          &told->extensions, &extensions, &declared, &declared_length))
        return -1;
    if (number > LONGEST_NAME || file > LONGEST_NAME) {
        PyErr_SetString(PyExc_ValueError, "a variable segment has a short name");
        return -1;
    }
    if (declared && store_declared(&rules->declared, declared, declared + declared_length, secrets) < 0)
        return -1;
    rules->any_declared = declared_length > 0;
    told->number_length = (size_t)number;
    told->file_length = (size_t)file;
    told->extensions_end = told->extensions + extensions;
    Py_INCREF(path_rules); /* it holds the texts */
    rules->told = path_rules;
    return 0;
}

int64_t
rules_look_up(RuleCodes *rules, const char *key, size_t length, const uint64_t *secrets)
{
    PlainRequest request;
    NewRule *more;
    int64_t *code;
    if (!rules->told || !read_plain(&rules->path_rules, key, length, &request) ||
        may_be_declared(rules, &request, secrets))
        return ODD;
    code = table_find(&rules->codes, request.text, request.length, secrets);
    if (!code)
        return INT64_MAX;
    if (*code != ODD)
        return *code;
    more = one_more(rules->new_rules, rules->used, &rules->room, sizeof(NewRule));
    if (!more)
        return INT64_MAX;
    rules->new_rules = more;
    rules->new_rules[rules->used] = (NewRule){
        .at = (uint32_t)(rules->codes.filled - request.length),
        .length = (uint32_t)request.length,
        .proven = request.proven,
    };
    *code = NEW_RULE - (int64_t)rules->used++;
    return *code;
}

/* Returns the int of a status, a borrowed reference. */
static PyObject *
status_of(RuleCodes *rules, const char *digits)
{
    int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
    if (!rules->statuses[status])
        rules->statuses[status] = PyLong_FromLong(status);
    return rules->statuses[status];
}

/* Appends a pair of rule or path, and status. Returns -1 with an exception set. */
static int
append_pair(RuleCodes *rules, const NewRule *rule, PyObject *list)
{
    const char *text = rules->codes.bytes + rule->at;
    size_t length = rule->length - STATUS_DIGITS;
    PyObject *status = status_of(rules, text + length), *pair = NULL;
    int failed;
    if (status)
        pair = Py_BuildValue("s#O", text, (Py_ssize_t)length, status);
    failed = pair ? PyList_Append(list, pair) : -1;
    Py_XDECREF(pair);
    return failed;
}

PyObject *
rules_new(RuleCodes *rules)
{
    PyObject *proven = PyList_New(0), *paths = PyList_New(0);
    int failed = proven && paths ? 0 : -1;
    for (size_t at = 0; !failed && at < rules->used; at++) {
        const NewRule *rule = &rules->new_rules[at];
        failed = append_pair(rules, rule, rule->proven ? proven : paths);
    }
    if (!failed)
        return Py_BuildValue("NN", proven, paths);
    Py_XDECREF(proven);
    Py_XDECREF(paths);
    return NULL;
}

/* Returns the code at a place of a list. It is not negative, but with an exception set. */
static int64_t
code_at(PyObject *codes, size_t place)
{
    PyObject *item = PyList_GetItem(codes, (Py_ssize_t)place);
    int64_t code = item ? PyLong_AsLongLong(item) : -1;
    if (PyErr_Occurred())
        return -1;
    if (code < 0 || code >= MOST_CODES) {
        PyErr_SetString(PyExc_ValueError, "each rule has a code");
        return -1;
    }
    return code;
}

int64_t *
rules_fill(RuleCodes *rules, PyObject *codes, const uint64_t *secrets)
{
    size_t proven = 0, paths = 0;
    int64_t *numbers;
    if (codes ? !PyList_Check(codes) || PyList_Size(codes) != (Py_ssize_t)rules->used
              : rules->used) {
        PyErr_SetString(PyExc_ValueError, "one code for each new rule is needed");
        return NULL;
    }
    for (size_t at = 0; at < rules->used; at++)
        paths += rules->new_rules[at].proven != 0; /* they come behind the rules */
    numbers = malloc((rules->used + 1) * sizeof(int64_t));
    if (!numbers) {
        PyErr_NoMemory();
        return NULL;
    }
    for (size_t at = 0; at < rules->used; at++) {
        const NewRule *rule = &rules->new_rules[at];
        const char *text = rules->codes.bytes + rule->at;
        int64_t *known;
        numbers[at] = code_at(codes, rule->proven ? proven++ : paths++);
        known = table_get(&rules->codes, text, rule->length, secrets);
        if (numbers[at] < 0 || !known) {
            free(numbers);
            return NULL;
        }
        *known = numbers[at];
    }
    rules->used = 0;
    return numbers;
}

void
rules_clear(RuleCodes *rules)
{
    table_clear(&rules->codes);
    rules->used = 0;
}

void
rules_free(RuleCodes *rules)
{
    Py_XDECREF(rules->told);
    table_free(&rules->declared);
    table_free(&rules->codes);
    free(rules->new_rules);
    for (size_t status = 0; status < STATUSES; status++)
        Py_XDECREF(rules->statuses[status]);
}
