/* A thin way to libxml2: bytes are pushed in, and what they hold comes out as a flat tape of
 * events, so that no call crosses the language border for a character or an element.
 *
 * This header includes no header of libxml2: some systems' include ICU's, which do not compile
 * beside Foundation's. Positions are offsets in bytes into the UTF-8 text that was given.
 */
#ifndef PORTAL_CLIBXML2_H
#define PORTAL_CLIBXML2_H

#include <stddef.h>
#include <stdint.h>

/* What an event says. */
enum {
    portal_xml_start = 1,     /* name; from..to is the start tag */
    portal_xml_attribute = 2, /* name; from..to is the value between its quotes */
    portal_xml_end = 3,       /* from..to is the end tag, empty where the start tag was both */
    portal_xml_text = 4,      /* from..to is everything between two tags, CDATA marks included */
    portal_xml_remark = 5,    /* a comment or a processing instruction */
};

/* The value of an attribute or text is the bytes from..to themselves. */
#define PORTAL_XML_AS_WRITTEN UINT32_MAX

typedef struct {
    uint32_t kind;
    uint32_t name;
    uint32_t from;
    uint32_t to;
    /* Where the value stands in portal_xml_strings, or PORTAL_XML_AS_WRITTEN. */
    uint32_t value;
    uint32_t value_count;
} portal_xml_event;

typedef struct {
    const char *uri; /* NULL where the name is in no namespace */
    const char *local;
} portal_xml_name;

typedef struct {
    uint32_t depth;
    uint32_t nodes;
    uint32_t attributes;
    uint32_t names;
    uint32_t namespaces; /* in force at once */
    uint64_t text;       /* bytes of text and attribute values together */
} portal_xml_limits;

/* Why reading stopped. */
enum {
    portal_xml_ok = 0,
    portal_xml_not_well_formed = 1, /* see code */
    portal_xml_doctype = 2,
    portal_xml_entity = 3,
    portal_xml_too_deep = 4,
    portal_xml_too_many_nodes = 5,
    portal_xml_too_many_attributes = 6,
    portal_xml_too_many_names = 7,
    portal_xml_text_too_large = 8,
    portal_xml_out_of_memory = 9,
    portal_xml_position_lost = 10,
};

typedef struct {
    int reason;
    int code;      /* libxml2's xmlParserErrors */
    uint64_t offset;
} portal_xml_failure;

typedef struct portal_xml_reader portal_xml_reader;

/* Prepares libxml2 for use by several threads. Call it once, before anything else. */
void portal_xml_prepare(void);

/* Opens a reader of UTF-8 text. INVARIANT: the bytes outlive the reader and do not move.
 * NULL where there is no memory, or the text is 2 GiB or more. */
portal_xml_reader *portal_xml_open(const uint8_t *bytes, size_t count, portal_xml_limits limits);

/* Reads on by about that many bytes. 1: there is more; 0: done; -1: stopped, see the failure. */
int portal_xml_advance(portal_xml_reader *reader, size_t count);

/* The events since the last portal_xml_clear. */
const portal_xml_event *portal_xml_events(const portal_xml_reader *reader, size_t *count);
void portal_xml_clear(portal_xml_reader *reader);

/* Values that differ from what is written, one behind another. */
const uint8_t *portal_xml_strings(const portal_xml_reader *reader, size_t *count);

/* The names met so far, in the order of their numbers. */
size_t portal_xml_name_count(const portal_xml_reader *reader);
portal_xml_name portal_xml_name_at(const portal_xml_reader *reader, size_t index);

portal_xml_failure portal_xml_why(const portal_xml_reader *reader);

void portal_xml_close(portal_xml_reader *reader);

#endif
