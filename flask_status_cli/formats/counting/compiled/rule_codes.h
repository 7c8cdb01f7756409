/* The codes of plain requests, by their rule and status. Python is asked once for each of them.

   Many requests have the same rule, and a request that was met once may not come again. So a new key is looked
   up here first, and stored by itself only if it is met with a known rule. */

#ifndef RULE_CODES_H
#define RULE_CODES_H

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include "growing_array.h"
#include "plain_request.h"
#include "text_table.h"

#define NEW_RULE (-(INT64_C(1) << 40)) /* the code of the first new rule; further ones go down from here */
#define STATUSES 1000

/* A text that was just added to the table. */
typedef struct {
    uint32_t at, length;
    int proven;
} NewRule;

typedef struct {
    PyObject *told; /* the bytes of `path_rules`; NULL if Python reads all requests */
    PathRules path_rules;
    Table declared;   /* the first segments of paths that declared rules may match */
    int any_declared; /* whether there are declared rules */
    Table codes;
    NewRule *new_rules;
    size_t used, room;
    PyObject *statuses[STATUSES]; /* the int of each status that was met */
} RuleCodes;

/* Takes what Python says of rules: see `path_rules` in `_scanner.pyi`. Returns -1 with an exception set. */
int rules_begin(RuleCodes *rules, PyObject *path_rules, const uint64_t *secrets);

/* Returns the code of a key: ODD if it is not plain, from NEW_RULE on down if it is new. Returns INT64_MAX if
   memory is short. */
int64_t rules_look_up(RuleCodes *rules, const char *key, size_t length, const uint64_t *secrets);

/* Returns the new pairs of rule and status, and those of path and status, as two lists in one tuple. */
PyObject *rules_new(RuleCodes *rules);

/* Takes the codes of all new pairs, in the order of `rules_new`; NULL if there are none. Returns those in the order of the block, to be
   freed; NULL with an exception set. */
int64_t *rules_fill(RuleCodes *rules, PyObject *codes, const uint64_t *secrets);

void rules_clear(RuleCodes *rules);
void rules_free(RuleCodes *rules);

#endif
