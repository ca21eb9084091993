#include "CBaseline.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct baseline_sqlite {
    sqlite3 *database;
    sqlite3_stmt *read;
    sqlite3_stmt *commit;
};

static int run(sqlite3 *database, const char *statement) {
    return sqlite3_exec(database, statement, NULL, NULL, NULL) == SQLITE_OK;
}

// The row of the anchor's script: six columns, a payload of about 110 bytes.
static int fill(sqlite3 *database, int patients, int rows) {
    sqlite3_stmt *insert = NULL;
    const char *statement = "INSERT INTO entry VALUES(?, ?, ?, ?, ?, ?, ?)";
    if (sqlite3_prepare_v2(database, statement, -1, &insert, NULL) != SQLITE_OK) return 0;
    int is_done = run(database, "BEGIN");
    for (int row = 0; is_done && row < rows; row++) {
        for (int patient = 0; is_done && patient < patients; patient++) {
            int number = row * patients + patient;
            char payload[160];
            snprintf(payload, sizeof payload,
                     "{\"code\":\"2823-3\",\"display\":\"Potassium\",\"value\":4.1,\"unit\":\"mmol/L\","
                     "\"low\":3.5,\"high\":5.3,\"status\":\"final\",\"src\":\"LAB\",\"prov\":\"MSG%08d\"}",
                     number);
            sqlite3_bind_int(insert, 1, patient);
            sqlite3_bind_int64(insert, 2, 1500000000LL + number * 37LL);
            sqlite3_bind_int(insert, 3, number);
            sqlite3_bind_text(insert, 4, "LAB", -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 5, "Observation", -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 6, "2823-3", -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 7, payload, -1, SQLITE_TRANSIENT);
            is_done = sqlite3_step(insert) == SQLITE_DONE;
            sqlite3_reset(insert);
        }
    }
    sqlite3_finalize(insert);
    return is_done && run(database, "COMMIT");
}

baseline_sqlite *baseline_sqlite_open(const char *path, int patients, int rows) {
    baseline_sqlite *store = calloc(1, sizeof *store);
    if (!store) return NULL;
    int is_open =
        sqlite3_open(path, &store->database) == SQLITE_OK
        && run(store->database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
        && run(store->database,
               "CREATE TABLE entry(patient INTEGER, at INTEGER, seq INTEGER, silo TEXT,"
               " kind TEXT, code TEXT, payload TEXT, PRIMARY KEY(patient, at, seq))"
               " WITHOUT ROWID;"
               "CREATE TABLE look(number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
        && fill(store->database, patients, rows)
        && sqlite3_prepare_v2(store->database,
                              "SELECT at, seq, silo, kind, code, payload FROM entry"
                              " WHERE patient = ? ORDER BY at, seq",
                              -1, &store->read, NULL) == SQLITE_OK
        && sqlite3_prepare_v2(store->database, "INSERT INTO look(bytes) VALUES(?)", -1,
                              &store->commit, NULL) == SQLITE_OK;
    if (is_open) return store;
    baseline_sqlite_close(store);
    return NULL;
}

int baseline_sqlite_read(baseline_sqlite *store, int patient, uint64_t *bytes) {
    int rows = 0;
    sqlite3_bind_int(store->read, 1, patient);
    while (sqlite3_step(store->read) == SQLITE_ROW) {
        rows++;
        *bytes += (uint64_t)sqlite3_column_int64(store->read, 0) & 1;
        *bytes += (uint64_t)sqlite3_column_int64(store->read, 1) & 1;
        for (int column = 2; column < 6; column++) {
            const unsigned char *text = sqlite3_column_text(store->read, column);
            int length = sqlite3_column_bytes(store->read, column);
            for (int index = 0; text && index < length; index++) *bytes += text[index] != 0;
        }
    }
    sqlite3_reset(store->read);
    return rows;
}

int baseline_sqlite_commit(baseline_sqlite *store, const void *bytes, int length) {
    sqlite3_bind_blob(store->commit, 1, bytes, length, SQLITE_STATIC);
    int is_done = sqlite3_step(store->commit) == SQLITE_DONE;
    sqlite3_reset(store->commit);
    sqlite3_clear_bindings(store->commit);
    return is_done;
}

void baseline_sqlite_close(baseline_sqlite *store) {
    if (!store) return;
    sqlite3_finalize(store->read);
    sqlite3_finalize(store->commit);
    sqlite3_close(store->database);
    free(store);
}
