/* A hash table from texts to numbers; see text_table.h. */

#include "text_table.h"

#include <stdlib.h>
#include <string.h>

#define USED (UINT64_C(1) << 63) /* in every hash, so that none is 0; a place is made of the lower bits */

static inline uint64_t
read_8(const char *text)
{
    uint64_t value;
    memcpy(&value, text, 8);
    return value;
}

/* Multiplies two numbers; returns the lower half of the product XOR the upper one. */
static inline uint64_t
mix(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 Product;
    Product product = (Product)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else /* on machines of 32 bits */
    uint64_t a_high = a >> 32, a_low = (uint32_t)a, b_high = b >> 32, b_low = (uint32_t)b;
    uint64_t low = a_low * b_low, middle = a_high * b_low + (low >> 32);
    uint64_t other = a_low * b_high + (uint32_t)middle;
    return ((other << 32) | (uint32_t)low) ^ (a_high * b_high + (middle >> 32) + (other >> 32));
#endif
}

static inline uint64_t
hash_of(const char *text, size_t length, const uint64_t *secrets)
{
    uint64_t hash = secrets[0] ^ length, a = 0, b = 0;
    for (; length > 16; text += 16, length -= 16)
        hash = mix(read_8(text) ^ secrets[1], read_8(text + 8) ^ hash);
    if (length >= 8) {
        a = read_8(text);
        b = read_8(text + length - 8);
    } else {
        memcpy(&a, text, length);
    }
    return mix(a ^ secrets[1], b ^ hash) | USED;
}

void
table_clear(Table *table)
{
    if (table->used)
        memset(table->slots, 0, table->size * sizeof(Slot));
    table->used = table->filled = 0;
}

void
table_free(Table *table)
{
    free(table->slots);
    free(table->bytes);
}

static int
table_grow(Table *table)
{
    size_t size = table->size ? table->size * 2 : 1024, place;
    Slot *slots = calloc(size, sizeof(Slot)), *old = table->slots;
    if (!slots)
        return -1;
    for (size_t at = 0; at < table->size; at++) {
        if (!old[at].hash)
            continue;
        for (place = old[at].hash & (size - 1); slots[place].hash; place = (place + 1) & (size - 1))
            ;
        slots[place] = old[at];
    }
    free(old);
    table->slots = slots;
    table->size = size;
    return 0;
}

/* Returns the slot of a text; a free one if the text is new. */
static Slot *
table_slot(const Table *table, const char *text, size_t length, uint64_t hash)
{
    size_t place = hash & (table->size - 1);
    for (;; place = (place + 1) & (table->size - 1)) {
        Slot *slot = &table->slots[place];
        if (!slot->hash || (slot->hash == hash && slot->length == length &&
                            !memcmp(table->bytes + slot->at, text, length)))
            return slot;
    }
}

int64_t *
table_find(Table *table, const char *text, size_t length, const uint64_t *secrets)
{
    uint64_t hash = hash_of(text, length, secrets);
    Slot *slot;
    if (table->used * 2 >= table->size && table_grow(table) < 0)
        return NULL;
    slot = table_slot(table, text, length, hash);
    if (slot->hash)
        return &slot->value;
    if (table->filled + length >= table->room) { /* also for an empty text, if it is the first one */
        size_t room = (table->filled + length) * 2 + 4096;
        char *bytes = room > UINT32_MAX ? NULL : realloc(table->bytes, room);
        if (!bytes)
            return NULL;
        table->bytes = bytes;
        table->room = room;
    }
    memcpy(table->bytes + table->filled, text, length);
    *slot = (Slot){hash, (uint32_t)table->filled, (uint32_t)length, ODD};
    table->filled += length;
    table->used++;
    return &slot->value;
}

int64_t *
table_get(const Table *table, const char *text, size_t length, const uint64_t *secrets)
{
    Slot *slot;
    if (!table->used)
        return NULL;
    slot = table_slot(table, text, length, hash_of(text, length, secrets));
    return slot->hash ? &slot->value : NULL;
}
