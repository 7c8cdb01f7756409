/* The functions of the Python module `_count_rows`; `_count_rows.pyi` describes them. */

#ifndef COUNT_ROWS_H
#define COUNT_ROWS_H

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

/* Writes a number, and returns how long it is. */
size_t write_number(char *to, long long number);

PyObject *duration_rows(PyObject *module, PyObject *args);
PyObject *waiting_rows(PyObject *module, PyObject *args);
PyObject *rows_by_minute(PyObject *module, PyObject *args);
PyObject *waiting_sums(PyObject *module, PyObject *args);

#endif
