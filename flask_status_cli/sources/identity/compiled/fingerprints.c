/* Makes the fingerprints of a small log: what `packed_marks` and `prints_of_lines` do, several times as fast.

   A mark is a BLAKE2b digest (RFC 7693) of 8 bytes. Eight of them are made at once, one in each lane of a vector.
   A print is a part of a CRC-32 of the first lines, as `zlib.crc32` computes it.

   The log is given whole and ends with a line end. Logs that are read in blocks, or that have grown, are left to
   `fingerprints.py` and `first_lines.py`. Both give the same bytes; `test_small_fingerprints.py` compares them. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the words of BLAKE2b are little-endian"
#endif

#define INTERFACE 1 /* `compiled_code.py` says when to add one. */
#define LANES 8
#define BLOCK 128 /* bytes that BLAKE2b takes at once */
#define MARK 16   /* bytes of a packed mark: its position, then its digest */
#define PARAMETERS 0x01010008 /* 8 bytes of digest, no key, sequential: RFC 7693, 2.5 */

typedef uint64_t Lanes __attribute__((vector_size(8 * LANES)));

/* The bytes before the position of a mark. */
typedef struct {
    const unsigned char *text;
    size_t length;
} Window;

#define ALL(value) ((Lanes){0} + (uint64_t)(value)) /* the same value in each lane */

static const uint64_t IV[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* The order of the words in each of the 12 rounds. RFC 7693 has 10 rows; rounds 11 and 12 use the first two again. */
static const unsigned char SIGMA[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
};

#define TURN(x, n) (((x) >> (n)) | ((x) << (64 - (n))))
#define MIX(a, b, c, d, x, y)                                                                      \
    do {                                                                                           \
        a += b + (x);                                                                              \
        d ^= a;                                                                                    \
        d = TURN(d, 32);                                                                           \
        c += d;                                                                                    \
        b ^= c;                                                                                    \
        b = TURN(b, 24);                                                                           \
        a += b + (y);                                                                              \
        d ^= a;                                                                                    \
        d = TURN(d, 16);                                                                           \
        c += d;                                                                                    \
        b ^= c;                                                                                    \
        b = TURN(b, 63);                                                                           \
    } while (0)

/* Takes one block of each lane. `last` has all bits set for lanes of which it is the last one. */
static inline __attribute__((always_inline)) void
compress(Lanes *h, const Lanes *m, const Lanes *bytes, const Lanes *last)
{
    Lanes v[16];
    for (int at = 0; at < 8; at++) {
        v[at] = h[at];
        v[at + 8] = ALL(IV[at]);
    }
    v[12] ^= *bytes;
    v[14] ^= *last;
#pragma GCC unroll 12
    for (int round = 0; round < 12; round++) {
        const unsigned char *s = SIGMA[round];
        MIX(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
        MIX(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
        MIX(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
        MIX(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
        MIX(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
        MIX(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
        MIX(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
        MIX(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
    }
    for (int at = 0; at < 8; at++)
        h[at] ^= v[at] ^ v[at + 8];
}

/* Makes the digests of the texts of all lanes. An empty window is an empty text. */
static inline __attribute__((always_inline)) void
digest_lanes(const Window *windows, uint64_t *digests)
{
    unsigned char padded[BLOCK];
    Lanes h[8];
    size_t blocks[LANES], most = 0;
    for (int at = 0; at < 8; at++)
        h[at] = ALL(IV[at]);
    h[0] ^= ALL(PARAMETERS);
    for (int lane = 0; lane < LANES; lane++) {
        blocks[lane] = windows[lane].length ? (windows[lane].length + BLOCK - 1) / BLOCK : 1;
        most = blocks[lane] > most ? blocks[lane] : most;
    }
    for (size_t block = 0; block < most; block++) {
        uint64_t words[LANES][16];
        Lanes m[16], bytes, last;
        for (int lane = 0; lane < LANES; lane++) {
            size_t from = block * BLOCK, length = 0;
            const unsigned char *text = padded;
            if (block < blocks[lane])
                length = windows[lane].length - from < BLOCK ? windows[lane].length - from : BLOCK;
            if (length == BLOCK) {
                text = windows[lane].text + from;
            } else {
                memset(padded, 0, BLOCK);
                if (length)
                    memcpy(padded, windows[lane].text + from, length);
            }
            memcpy(words[lane], text, BLOCK);
            bytes[lane] = from + length;
            last[lane] = block + 1 == blocks[lane] ? UINT64_MAX : 0;
        }
        for (int at = 0; at < 16; at++)
            m[at] = (Lanes){words[0][at], words[1][at], words[2][at], words[3][at],
                            words[4][at], words[5][at], words[6][at], words[7][at]};
        compress(h, m, &bytes, &last);
        for (int lane = 0; lane < LANES; lane++)
            if (block + 1 == blocks[lane])
                digests[lane] = h[0][lane];
    }
}

static void
digest_plainly(const Window *windows, uint64_t *digests)
{
    digest_lanes(windows, digests);
}

/* Tests define PLAINLY, so that the sanitizers watch the code without AVX2, too. */
#if defined(__x86_64__) && !defined(PLAINLY)
#define BY_AVX2
#endif

#ifdef BY_AVX2
static __attribute__((target("avx2"))) void
digest_by_avx2(const Window *windows, uint64_t *digests)
{
    digest_lanes(windows, digests);
}

static __attribute__((target("avx512f"))) void
digest_by_avx512(const Window *windows, uint64_t *digests)
{
    digest_lanes(windows, digests);
}
#endif

static void (*digest)(const Window *, uint64_t *) = digest_plainly;

static uint32_t crc_table[8][256];

static uint32_t
crc32(uint32_t crc, const unsigned char *at, size_t length)
{
    crc = ~crc;
    for (; length >= 8; length -= 8, at += 8) {
        uint32_t low, high;
        memcpy(&low, at, 4);
        memcpy(&high, at + 4, 4);
        low ^= crc;
        crc = crc_table[7][low & 255] ^ crc_table[6][low >> 8 & 255] ^
              crc_table[5][low >> 16 & 255] ^ crc_table[4][low >> 24] ^
              crc_table[3][high & 255] ^ crc_table[2][high >> 8 & 255] ^
              crc_table[1][high >> 16 & 255] ^ crc_table[0][high >> 24];
    }
    for (; length; length--, at++)
        crc = crc_table[0][(crc ^ *at) & 255] ^ crc >> 8;
    return ~crc;
}

/* Writes the digests of up to `LANES` marks behind their positions. */
static void
finish_marks(const unsigned char *whole, size_t span, unsigned char *marks, const size_t *places,
             int number)
{
    Window windows[LANES] = {{0}};
    uint64_t digests[LANES];
    for (int lane = 0; lane < number; lane++) {
        size_t length = places[lane] < span ? places[lane] : span;
        windows[lane] = (Window){whole + places[lane] - length, length};
    }
    digest(windows, digests);
    for (int lane = 0; lane < number; lane++) {
        unsigned char *mark = marks + lane * MARK;
        for (int byte = 0; byte < 8; byte++)
            mark[byte] = (unsigned char)((uint64_t)places[lane] >> (56 - 8 * byte));
        memcpy(mark + 8, &digests[lane], 8);
    }
}

static size_t
next_end(const unsigned char *whole, size_t from, size_t until)
{
    const unsigned char *end = from < until ? memchr(whole + from, '\n', until - from) : NULL;
    return end ? (size_t)(end - whole) + 1 : 0;
}

/* Makes the marks of a content: at the line ends up to `dense`, then at multiples of `step`, and at its end. */
static PyObject *
marks_of(const unsigned char *whole, size_t length, size_t dense, size_t span, size_t step)
{
    size_t until = length < dense ? length : dense, number = 0, done = 0, last = 0, places[LANES];
    int waiting = 0;
    unsigned char *marks;
    PyObject *found;
    for (size_t end = 0; (end = next_end(whole, end, until)) != 0;)
        number++;
    marks = PyMem_Malloc((number + length / step + 1) * MARK);
    if (!marks)
        return PyErr_NoMemory();
    for (size_t end = 0; last < length;) {
        size_t place = next_end(whole, end, until);
        end = place ? place : until;
        if (!place)
            place = (last / step + 1) * step;
        if (place > length)
            place = length;
        places[waiting++] = last = place;
        if (waiting == LANES || last == length) {
            finish_marks(whole, span, marks + done * MARK, places, waiting);
            done += (size_t)waiting;
            waiting = 0;
        }
    }
    found = PyBytes_FromStringAndSize((char *)marks, (Py_ssize_t)(done * MARK));
    PyMem_Free(marks);
    return found;
}

/* Makes the prints of the first lines: two bytes of the checksum up to the end of each. */
static PyObject *
prints_of(const unsigned char *whole, size_t length, size_t most)
{
    size_t lines = 0;
    uint32_t crc = 0;
    unsigned char *prints;
    PyObject *found;
    for (size_t end = 0; lines < most && (end = next_end(whole, end, length)) != 0;)
        lines++;
    found = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(lines * 2));
    if (!found)
        return NULL;
    prints = (unsigned char *)PyBytes_AsString(found);
    for (size_t line = 0, from = 0; line < lines; line++) {
        size_t end = next_end(whole, from, length);
        crc = crc32(crc, whole + from, end - from);
        prints[2 * line] = (unsigned char)(crc >> 8);
        prints[2 * line + 1] = (unsigned char)crc;
        from = end;
    }
    return found;
}

static PyObject *
fingerprints(PyObject *Py_UNUSED(module), PyObject *args)
{
    char *whole;
    Py_ssize_t length, dense, span, step, lines;
    PyObject *marks, *prints;
    if (!PyArg_ParseTuple(args, "y#nnnn", &whole, &length, &dense, &span, &step, &lines))
        return NULL;
    if (!length || dense < 0 || span < 0 || step < 1 || lines < 0) {
        PyErr_SetString(PyExc_ValueError, "a content and positions are needed");
        return NULL;
    }
    marks = marks_of((unsigned char *)whole, (size_t)length, (size_t)dense, (size_t)span,
                     (size_t)step);
    prints = marks ? prints_of((unsigned char *)whole, (size_t)length, (size_t)lines) : NULL;
    if (!prints) {
        Py_XDECREF(marks);
        return NULL;
    }
    return Py_BuildValue("NN", marks, prints);
}

static int
prepare(PyObject *module)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
        crc_table[0][byte] = crc;
    }
    for (int table = 1; table < 8; table++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t before = crc_table[table - 1][byte];
            crc_table[table][byte] = crc_table[0][before & 255] ^ before >> 8;
        }
#ifdef BY_AVX2
    if (__builtin_cpu_supports("avx2"))
        digest = digest_by_avx2;
    if (__builtin_cpu_supports("avx512f"))
        digest = digest_by_avx512;
#endif
    return PyModule_AddIntConstant(module, "INTERFACE", INTERFACE);
}

static PyMethodDef functions[] = {
    {"fingerprints", fingerprints, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, prepare},
    {0, NULL},
};

static PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_fingerprints",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__fingerprints(void)
{
    return PyModuleDef_Init(&module);
}
