#ifndef C_BASELINE_H
#define C_BASELINE_H

#include <stddef.h>
#include <stdint.h>

// The offsets found by baseline_index; the buffer grows and is used again by the next run.
typedef struct {
    uint32_t *offsets;
    size_t count;
    size_t capacity;
} baseline_marks;

// Stores the offset of every | ^ ~ & and CR: a plain loop, the yardstick of the table.
// Returns how many there are, or 0 where memory ends.
size_t baseline_index(const uint8_t *bytes, size_t length, baseline_marks *marks);

// The same for EDIFACT's + : ' and ?.
size_t baseline_index_edifact(const uint8_t *bytes, size_t length, baseline_marks *marks);

void baseline_free(baseline_marks *marks);

// How often this thread has taken memory since it started (malloc, calloc, realloc and their
// aligned kin), or 0 where the C library gives no way to count.
uint64_t baseline_allocations(void);

// libxml2 as it comes: its tree built and let go, or its SAX2 calls alone. Both count the elements
// named observation; 0 where the document is not well formed.
size_t baseline_xml_dom(const uint8_t *bytes, size_t length);
size_t baseline_xml_sax(const uint8_t *bytes, size_t length);

// Plain SQLite: the yardstick of a page. One file, write-ahead log, synchronous=FULL.
typedef struct baseline_sqlite baseline_sqlite;

// Makes the file with `patients` patients of `rows` rows each; NULL where SQLite refuses.
baseline_sqlite *baseline_sqlite_open(const char *path, int patients, int rows);

// Reads a patient's rows in order by a prepared statement, every column of every row.
// Returns the rows read; adds their bytes to *bytes.
int baseline_sqlite_read(baseline_sqlite *store, int patient, uint64_t *bytes);

// Writes one row of `length` bytes in a commit of its own, durable when it returns: 1 if it is.
int baseline_sqlite_commit(baseline_sqlite *store, const void *bytes, int length);

void baseline_sqlite_close(baseline_sqlite *store);

#endif
