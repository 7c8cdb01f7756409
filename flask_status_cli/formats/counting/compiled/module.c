/* The Python module `_scanner` and its type `Scanner`. */

#include "scanner.h"

#include <stdlib.h>
#include <string.h>

/* `compiled_code.py` says when to add one. */
#define INTERFACE 1

/* Returns whether the steps are those of `duration_steps.py`: none is cut, and a duration has an end. */
static int
steps_are_whole(const char *step, const char *last)
{
    int opened = 0, closed = 0;
    while (step < last) {
        char kind = *step++;
        opened += kind == '(';
        closed += kind == ')';
        if (!memchr("LNT()ES", kind, 7) || closed > opened || opened > 1)
            return 0;
        if (kind != 'L' && kind != 'T')
            continue;
        if (step == last || last - step - 1 < (unsigned char)*step)
            return 0;
        step += 1 + (unsigned char)*step;
    }
    return opened == closed;
}

int
begin_call(Scanner *self)
{
    if (self->busy) {
        PyErr_SetString(PyExc_RuntimeError, "the scanner is in use");
        return -1;
    }
    self->busy = 1;
    return 0;
}

static int
Scanner_init(Scanner *self, PyObject *args, PyObject *names)
{
    static char *keywords[] = {"opening", "steps", "whole", "separator", "longest", "most_keys",
                               "most_bytes", "most_others", "secrets", "path_rules", NULL};
    PyObject *opening, *steps, *path_rules;
    const char *separator, *secrets;
    Py_ssize_t separators, secret_bytes;
    if (self->opening) {
        PyErr_SetString(PyExc_TypeError, "a scanner is made once");
        return -1;
    }
    if (!PyArg_ParseTupleAndKeywords(args, names, "$SSpy#nnnny#O", keywords, &opening, &steps,
                                     &self->whole, &separator, &separators, &self->longest,
                                     &self->most_keys, &self->most_bytes, &self->most_others,
                                     &secrets, &secret_bytes, &path_rules))
        return -1;
    if (separators != 1 || secret_bytes != sizeof(self->secrets)) {
        PyErr_SetString(PyExc_ValueError, "a separator of one byte and 16 secret bytes are needed");
        return -1;
    }
    if (!steps_are_whole(PyBytes_AsString(steps), PyBytes_AsString(steps) + PyBytes_Size(steps))) {
        PyErr_SetString(PyExc_ValueError, "these are no steps");
        return -1;
    }
    memcpy(self->secrets, secrets, sizeof(self->secrets));
    if (path_rules != Py_None && rules_begin(&self->rules, path_rules, self->secrets) < 0)
        return -1;
    self->separator = *separator;
    Py_INCREF(opening);
    Py_INCREF(steps);
    self->opening = opening;
    self->steps = steps;
    self->opening_text = PyBytes_AsString(opening);
    self->opens = PyBytes_Size(opening);
    self->first_step = PyBytes_AsString(steps);
    self->last_step = self->first_step + PyBytes_Size(steps);
    return 0;
}

static void
Scanner_dealloc(Scanner *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    Py_XDECREF(self->opening);
    Py_XDECREF(self->steps);
    Py_XDECREF(self->block);
    table_free(&self->keys);
    table_free(&self->prefixes);
    table_free(&self->durations);
    rules_free(&self->rules);
    free(self->new_keys.texts);
    free(self->new_prefixes.texts);
    free(self->new_durations.texts);
    free(self->lines);
    free(self->counts);
    free(self->touched);
    free(self->records);
    free(self->shorts);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"scan", (PyCFunction)Scanner_scan, METH_O, NULL},
    {"new_rules", (PyCFunction)Scanner_new_rules, METH_NOARGS, NULL},
    {"fill", (PyCFunction)Scanner_fill, METH_VARARGS, NULL},
    {"odd_lines", (PyCFunction)Scanner_odd_lines, METH_NOARGS, NULL},
    {"add", (PyCFunction)Scanner_add, METH_VARARGS, NULL},
    {"survey", (PyCFunction)Scanner_survey, METH_VARARGS, NULL},
    {"add_some", (PyCFunction)Scanner_add_some, METH_VARARGS, NULL},
    {"forget", (PyCFunction)Scanner_forget, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_init, Scanner_init},
    {Py_tp_dealloc, Scanner_dealloc},
    {Py_tp_methods, methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "flask_status_cli.formats.counting._scanner.Scanner",
    .basicsize = sizeof(Scanner),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

static int
fill_module(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
    int failed = type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
    if (!failed)
        failed = PyModule_AddIntConstant(module, "INTERFACE", INTERFACE);
    Py_XDECREF(type);
    return failed;
}

static PyMethodDef functions[] = {
    {"absorb", absorb, METH_VARARGS, NULL},
    {"records_of", records_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, fill_module},
    {0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_scanner",
    .m_methods = functions,
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__scanner(void)
{
    return PyModuleDef_Init(&module);
}
