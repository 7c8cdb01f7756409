/* A hash table from texts to numbers, hashed with secrets, so that no log can choose which texts collide. */

#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define MOST_CODES (INT64_C(1) << 26)
#define ODD (-1) /* the number of a text that is new, and the code of a line that Python reads */

typedef struct {
    uint64_t hash; /* 0: the slot is free */
    uint32_t at, length;
    int64_t value;
} Slot;

/* Texts are stored one behind the other in `bytes`. */
typedef struct {
    Slot *slots;
    size_t size, used;
    char *bytes;
    size_t room, filled;
} Table;

/* Returns where the number of a text is stored: ODD if the text is new. NULL if memory is short. */
int64_t *table_find(Table *table, const char *text, size_t length, const uint64_t *secrets);

/* Returns where the number of a text is stored, NULL if the text is not in the table. */
int64_t *table_get(const Table *table, const char *text, size_t length, const uint64_t *secrets);

void table_clear(Table *table);
void table_free(Table *table);

#endif
