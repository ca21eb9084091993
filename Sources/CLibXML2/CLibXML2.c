#include "CLibXML2.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

/* Growing buffers. */

typedef struct {
    void *bytes;
    size_t count;
    size_t room;
} buffer;

/* Room for that many more units; NULL where there is none. */
static void *grow(buffer *into, size_t more, size_t unit) {
    if (more > (SIZE_MAX / unit) / 4 || into->count > (SIZE_MAX / unit) / 4) return NULL;
    size_t need = into->count + more;
    if (need > into->room) {
        size_t room = into->room + into->room / 2 + 64;
        if (room < need) room = need;
        void *bytes = realloc(into->bytes, room * unit);
        if (bytes == NULL) return NULL;
        into->bytes = bytes;
        into->room = room;
    }
    return (char *)into->bytes + into->count * unit;
}

typedef struct {
    const xmlChar *uri;
    const xmlChar *local;
} name;

struct portal_xml_reader {
    xmlParserCtxtPtr parser;
    const uint8_t *bytes;
    size_t count;
    size_t pushed;
    portal_xml_limits limits;
    portal_xml_failure failure;
    int finished;

    /* Everything before this offset has become an event. */
    size_t done;
    /* The last start tag was an end tag too, and its end event has not come yet. */
    int is_empty_tag;

    /* Text since `done`: as written up to `text_at`, or copied into `strings` from `text_from`. */
    int has_text;
    int is_copied;
    size_t text_at;
    size_t text_from;

    uint32_t depth;
    uint32_t nodes;
    uint32_t attributes;
    uint64_t text;
    uint32_t namespaces;
    uint32_t *namespaces_at;

    buffer events;
    buffer strings;
    buffer names;
    uint32_t *slots; /* a hash table of names: their numbers and 1, or 0 */
    size_t slot_count;
};

/* Failing */

static size_t parser_offset(const portal_xml_reader *reader) {
    const xmlParserInput *input = reader->parser ? reader->parser->input : NULL;
    if (input == NULL || input->cur == NULL || input->base == NULL || input->cur < input->base)
        return reader->done;
    size_t offset = (size_t)input->consumed + (size_t)(input->cur - input->base);
    return offset > reader->count ? reader->count : offset;
}

static void fail(portal_xml_reader *reader, int reason, int code, size_t offset) {
    if (reader->failure.reason != portal_xml_ok) return;
    reader->failure.reason = reason;
    reader->failure.code = code;
    reader->failure.offset = offset;
}

/* Only for use in callbacks of content, where libxml2 expects to be stopped. */
static void stop(portal_xml_reader *reader, int reason, size_t offset) {
    fail(reader, reason, 0, offset);
    xmlStopParser(reader->parser);
}

static int is_over(const portal_xml_reader *reader) {
    return reader->failure.reason != portal_xml_ok;
}

static void on_error(void *context, const xmlError *error) {
    xmlParserCtxtPtr parser = context;
    portal_xml_reader *reader = parser ? parser->_private : NULL;
    if (reader == NULL || error == NULL || error->level < XML_ERR_ERROR) return;
    int reason = error->code == XML_ERR_NO_MEMORY ? portal_xml_out_of_memory
                                                  : portal_xml_not_well_formed;
    /* libxml2 has one number for "too long" and for much else: it waits for the end of a mark for
     * ten million bytes at most. */
    int is_long = error->code == XML_ERR_INTERNAL_ERROR &&
                  reader->pushed > reader->done + 9000000;
    fail(reader, reason, is_long ? XML_ERR_NAME_TOO_LONG : error->code, parser_offset(reader));
}

/* Names */

static int intern(portal_xml_reader *reader, const xmlChar *uri, const xmlChar *local,
                  uint32_t *number) {
    /* libxml2 keeps one copy of each name, so that equal names are equal pointers. */
    size_t mask = reader->slot_count - 1;
    uint64_t hash = ((uint64_t)(uintptr_t)local * 0x9E3779B97F4A7C15u) ^
                    ((uint64_t)(uintptr_t)uri * 0xC2B2AE3D27D4EB4Fu);
    size_t at = (size_t)(hash >> 20) & mask;
    name *known = reader->names.bytes;
    while (reader->slots[at] != 0) {
        uint32_t candidate = reader->slots[at] - 1;
        if (known[candidate].uri == uri && known[candidate].local == local) {
            *number = candidate;
            return 1;
        }
        at = (at + 1) & mask;
    }
    if (reader->names.count >= reader->limits.names) {
        stop(reader, portal_xml_too_many_names, reader->done);
        return 0;
    }
    name *place = grow(&reader->names, 1, sizeof(name));
    if (place == NULL) {
        stop(reader, portal_xml_out_of_memory, reader->done);
        return 0;
    }
    place->uri = uri;
    place->local = local;
    *number = (uint32_t)reader->names.count++;
    reader->slots[at] = *number + 1;
    return 1;
}

/* Where things stand. What libxml2 reports is well formed, so a tag can be found again by a
 * search for its marks; a search that finds something else stops the reading. */

static size_t find(const portal_xml_reader *reader, size_t from, const char *mark) {
    size_t length = strlen(mark);
    while (from + length <= reader->count) {
        const uint8_t *found =
            memchr(reader->bytes + from, mark[0], reader->count - from - length + 1);
        if (found == NULL) break;
        size_t at = (size_t)(found - reader->bytes);
        if (memcmp(found, mark, length) == 0) return at;
        from = at + 1;
    }
    return SIZE_MAX;
}

static int stands(const portal_xml_reader *reader, size_t at, const char *mark) {
    size_t length = strlen(mark);
    return at <= reader->count && reader->count - at >= length &&
           memcmp(reader->bytes + at, mark, length) == 0;
}

static int is_space(uint8_t byte) {
    return byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09;
}

static portal_xml_event *record(portal_xml_reader *reader, uint32_t kind, size_t from, size_t to) {
    portal_xml_event *event = grow(&reader->events, 1, sizeof(portal_xml_event));
    if (event == NULL) {
        stop(reader, portal_xml_out_of_memory, from);
        return NULL;
    }
    reader->events.count += 1;
    event->kind = kind;
    event->name = 0;
    event->from = (uint32_t)from;
    event->to = (uint32_t)to;
    event->value = PORTAL_XML_AS_WRITTEN;
    event->value_count = 0;
    return event;
}

static int count_node(portal_xml_reader *reader, size_t at) {
    if (reader->nodes >= reader->limits.nodes) {
        stop(reader, portal_xml_too_many_nodes, at);
        return 0;
    }
    reader->nodes += 1;
    return 1;
}

static int count_text(portal_xml_reader *reader, size_t bytes, size_t at) {
    reader->text += bytes;
    if (reader->text <= reader->limits.text) return 1;
    stop(reader, portal_xml_text_too_large, at);
    return 0;
}

static int keep(portal_xml_reader *reader, const void *bytes, size_t count) {
    if (count == 0) return 1;
    void *place = grow(&reader->strings, count, 1);
    if (place == NULL || reader->strings.count + count >= UINT32_MAX) {
        stop(reader, portal_xml_out_of_memory, reader->done);
        return 0;
    }
    memcpy(place, bytes, count);
    reader->strings.count += count;
    return 1;
}

/* Ends the text before the next tag, comment or instruction, and says where that starts. */
static size_t reach_mark(portal_xml_reader *reader) {
    size_t at = reader->done;
    while ((at = find(reader, at, "<")) != SIZE_MAX && stands(reader, at, "<![CDATA[")) {
        at = find(reader, at + 9, "]]>");
        if (at == SIZE_MAX) break;
        at += 3;
    }
    if (at == SIZE_MAX) {
        stop(reader, portal_xml_position_lost, reader->done);
        return SIZE_MAX;
    }
    /* Outside the root there is only white space, and no text. */
    if (at > reader->done && reader->depth > 0) {
        if (!count_node(reader, reader->done)) return SIZE_MAX;
        if (!reader->is_copied && (reader->has_text ? reader->text_at : reader->done) != at) {
            /* CDATA marks without content. */
            reader->text_from = reader->strings.count;
            size_t written = reader->has_text ? reader->text_at - reader->done : 0;
            if (!keep(reader, reader->bytes + reader->done, written)) return SIZE_MAX;
            reader->is_copied = 1;
        }
        portal_xml_event *event = record(reader, portal_xml_text, reader->done, at);
        if (event == NULL) return SIZE_MAX;
        if (reader->is_copied) {
            event->value = (uint32_t)reader->text_from;
            event->value_count = (uint32_t)(reader->strings.count - reader->text_from);
        }
    }
    reader->has_text = 0;
    reader->is_copied = 0;
    return at;
}

/* Callbacks */

static void on_text(void *context, const xmlChar *text, int length) {
    portal_xml_reader *reader = ((xmlParserCtxtPtr)context)->_private;
    if (is_over(reader) || length <= 0 || reader->depth == 0) return;
    size_t count = (size_t)length;
    if (!count_text(reader, count, reader->done)) return;
    if (!reader->has_text) {
        reader->has_text = 1;
        reader->is_copied = 0;
        reader->text_at = reader->done;
    }
    if (!reader->is_copied) {
        if (reader->count - reader->text_at >= count &&
            memcmp(reader->bytes + reader->text_at, text, count) == 0) {
            reader->text_at += count;
            return;
        }
        reader->text_from = reader->strings.count;
        if (!keep(reader, reader->bytes + reader->done, reader->text_at - reader->done)) return;
        reader->is_copied = 1;
    }
    keep(reader, text, count);
}

static int is_named(const portal_xml_reader *reader, size_t from, size_t to,
                    const xmlChar *prefix, const xmlChar *local) {
    size_t before = prefix ? strlen((const char *)prefix) + 1 : 0;
    size_t behind = strlen((const char *)local);
    if (to - from != before + behind) return 0;
    const uint8_t *name = reader->bytes + from;
    if (before > 0 && (memcmp(name, prefix, before - 1) != 0 || name[before - 1] != ':')) return 0;
    return memcmp(name + before, local, behind) == 0;
}

static size_t name_end(const portal_xml_reader *reader, size_t at) {
    while (at < reader->count && !is_space(reader->bytes[at]) && reader->bytes[at] != '=' &&
           reader->bytes[at] != '>' && reader->bytes[at] != '/')
        at += 1;
    return at;
}

static size_t space_end(const portal_xml_reader *reader, size_t at) {
    while (at < reader->count && is_space(reader->bytes[at])) at += 1;
    return at;
}

/* Where entities are not replaced, libxml2 hands on every `&` of an attribute as `&#38;`, and
 * nothing else as a reference. */
static int resolve_ampersands(portal_xml_reader *reader, size_t start) {
    uint8_t *value = (uint8_t *)reader->strings.bytes;
    size_t to = start;
    for (size_t at = start; at < reader->strings.count; at += 1) {
        value[to++] = value[at];
        if (value[at] != '&') continue;
        if (reader->strings.count - at < 5 || memcmp(value + at, "&#38;", 5) != 0) {
            stop(reader, portal_xml_position_lost, reader->done);
            return 0;
        }
        at += 4;
    }
    reader->strings.count = to;
    return 1;
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix,
                     const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                     int attribute_count, int defaulted, const xmlChar **attributes) {
    (void)namespaces;
    portal_xml_reader *reader = ((xmlParserCtxtPtr)context)->_private;
    if (is_over(reader)) return;
    size_t from = reach_mark(reader);
    if (from == SIZE_MAX) return;
    if (reader->depth >= reader->limits.depth) {
        stop(reader, portal_xml_too_deep, from);
        return;
    }
    if (!count_node(reader, from)) return;
    reader->namespaces += (uint32_t)namespace_count;
    reader->namespaces_at[reader->depth] = (uint32_t)namespace_count;
    reader->depth += 1;
    reader->attributes += (uint32_t)attribute_count;
    if (reader->attributes > reader->limits.attributes ||
        reader->namespaces > reader->limits.namespaces) {
        stop(reader, portal_xml_too_many_attributes, from);
        return;
    }
    uint32_t number = 0;
    if (!intern(reader, uri, local, &number)) return;
    size_t place = reader->events.count;
    portal_xml_event *event = record(reader, portal_xml_start, from, from);
    if (event == NULL) return;
    event->name = number;

    size_t at = name_end(reader, from + 1);
    if (defaulted != 0 || !is_named(reader, from + 1, at, prefix, local)) {
        stop(reader, portal_xml_position_lost, from);
        return;
    }
    int index = 0;
    while ((at = space_end(reader, at)) < reader->count && reader->bytes[at] != '>' &&
           reader->bytes[at] != '/') {
        size_t name_from = at;
        size_t name_to = name_end(reader, at);
        at = space_end(reader, name_to);
        if (at >= reader->count || reader->bytes[at] != '=') break;
        at = space_end(reader, at + 1);
        if (at >= reader->count) break;
        uint8_t quote = reader->bytes[at];
        if (quote != '"' && quote != '\'') break;
        size_t value_from = at + 1;
        const uint8_t *end =
            memchr(reader->bytes + value_from, quote, reader->count - value_from);
        if (end == NULL) break;
        size_t value_to = (size_t)(end - reader->bytes);
        at = value_to + 1;
        size_t length = name_to - name_from;
        if ((length == 5 && stands(reader, name_from, "xmlns")) ||
            (length > 6 && stands(reader, name_from, "xmlns:")))
            continue;
        if (index >= attribute_count) break;
        const xmlChar **known = attributes + 5 * index;
        if (!is_named(reader, name_from, name_to, known[1], known[0])) break;
        size_t value_count = (size_t)(known[4] - known[3]);
        if (!count_text(reader, value_count, from)) return;
        if (!intern(reader, known[2], known[0], &number)) return;
        event = record(reader, portal_xml_attribute, value_from, value_to);
        if (event == NULL) return;
        event->name = number;
        int has_reference = memchr(known[3], '&', value_count) != NULL;
        if (has_reference || value_count != value_to - value_from ||
            memcmp(reader->bytes + value_from, known[3], value_count) != 0) {
            size_t start = reader->strings.count;
            if (!keep(reader, known[3], value_count)) return;
            if (has_reference && !resolve_ampersands(reader, start)) return;
            event->value = (uint32_t)start;
            event->value_count = (uint32_t)(reader->strings.count - start);
        }
        index += 1;
    }
    reader->is_empty_tag = stands(reader, at, "/>");
    if (index != attribute_count || !(reader->is_empty_tag || stands(reader, at, ">"))) {
        stop(reader, portal_xml_position_lost, from);
        return;
    }
    at += reader->is_empty_tag ? 2 : 1;
    ((portal_xml_event *)reader->events.bytes)[place].to = (uint32_t)at;
    reader->done = at;
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix,
                   const xmlChar *uri) {
    (void)uri;
    portal_xml_reader *reader = ((xmlParserCtxtPtr)context)->_private;
    if (is_over(reader) || reader->depth == 0) return;
    size_t from = reader->done;
    size_t to = reader->done;
    if (reader->is_empty_tag) {
        reader->is_empty_tag = 0;
    } else {
        from = reach_mark(reader);
        if (from == SIZE_MAX) return;
        to = find(reader, from, ">");
        size_t end = name_end(reader, from + 2);
        if (!stands(reader, from, "</") || to == SIZE_MAX ||
            !is_named(reader, from + 2, end, prefix, local)) {
            stop(reader, portal_xml_position_lost, from);
            return;
        }
        to += 1;
    }
    if (record(reader, portal_xml_end, from, to) == NULL) return;
    reader->depth -= 1;
    reader->namespaces -= reader->namespaces_at[reader->depth];
    reader->done = to;
}

static void on_remark(portal_xml_reader *reader, const char *opening, const char *closing) {
    if (is_over(reader)) return;
    size_t from = reach_mark(reader);
    if (from == SIZE_MAX) return;
    size_t to = stands(reader, from, opening)
                    ? find(reader, from + strlen(opening), closing)
                    : SIZE_MAX;
    if (to == SIZE_MAX) {
        stop(reader, portal_xml_position_lost, from);
        return;
    }
    to += strlen(closing);
    if (!count_node(reader, from)) return;
    if (record(reader, portal_xml_remark, from, to) == NULL) return;
    reader->done = to;
}

static void on_comment(void *context, const xmlChar *text) {
    (void)text;
    on_remark(((xmlParserCtxtPtr)context)->_private, "<!--", "-->");
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *text) {
    (void)target;
    (void)text;
    on_remark(((xmlParserCtxtPtr)context)->_private, "<?", "?>");
}

/* Doors that stay shut. */

static void on_doctype(void *context, const xmlChar *root, const xmlChar *external,
                       const xmlChar *system) {
    (void)root;
    (void)external;
    (void)system;
    portal_xml_reader *reader = ((xmlParserCtxtPtr)context)->_private;
    stop(reader, portal_xml_doctype, parser_offset(reader));
}

static void on_reference(void *context, const xmlChar *entity) {
    (void)entity;
    portal_xml_reader *reader = ((xmlParserCtxtPtr)context)->_private;
    stop(reader, portal_xml_entity, parser_offset(reader));
}

static xmlParserInputPtr no_entity(void *context, const xmlChar *public_id,
                                   const xmlChar *system_id) {
    (void)public_id;
    (void)system_id;
    portal_xml_reader *reader = ((xmlParserCtxtPtr)context)->_private;
    stop(reader, portal_xml_entity, parser_offset(reader));
    return NULL;
}

/* The public verbs */

void portal_xml_prepare(void) { xmlInitParser(); }

portal_xml_reader *portal_xml_open(const uint8_t *bytes, size_t count, portal_xml_limits limits) {
    if (count >= INT32_MAX) return NULL;
    portal_xml_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL) return NULL;
    reader->bytes = bytes;
    reader->count = count;
    reader->limits = limits;
    reader->slot_count = 256;
    /* At most half full, so that a search always ends. */
    while (reader->slot_count < (size_t)limits.names * 2) reader->slot_count *= 2;
    reader->slots = calloc(reader->slot_count, sizeof(uint32_t));
    reader->namespaces_at = calloc((size_t)limits.depth + 1, sizeof(uint32_t));

    xmlSAXHandler sax;
    memset(&sax, 0, sizeof(sax));
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start;
    sax.endElementNs = on_end;
    sax.characters = on_text;
    sax.ignorableWhitespace = on_text;
    sax.cdataBlock = on_text;
    sax.comment = on_comment;
    sax.processingInstruction = on_instruction;
    sax.internalSubset = on_doctype;
    sax.externalSubset = on_doctype;
    sax.resolveEntity = no_entity;
    sax.reference = on_reference;
    sax.serror = (xmlStructuredErrorFunc)on_error;
    reader->parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
    if (reader->slots == NULL || reader->namespaces_at == NULL || reader->parser == NULL) {
        portal_xml_close(reader);
        return NULL;
    }
    reader->parser->_private = reader;
    /* Never NOENT, DTDLOAD, DTDATTR, XINCLUDE, HUGE or RECOVER. The text is UTF-8 already,
     * whatever its declaration says. */
    xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);

    /* The XML declaration is the one mark that comes without an event. */
    if (stands(reader, 0, "<?xml") && count > 5 && is_space(bytes[5])) {
        size_t end = find(reader, 5, "?>");
        if (end != SIZE_MAX) reader->done = end + 2;
    }
    return reader;
}

int portal_xml_advance(portal_xml_reader *reader, size_t count) {
    if (is_over(reader)) return -1;
    if (reader->finished) return 0;
    size_t left = reader->count - reader->pushed;
    if (count > left) count = left;
    size_t end = reader->pushed + count;
    /* No cut inside a character or a line end. */
    while (end < reader->count && end > reader->pushed &&
           ((reader->bytes[end] & 0xC0) == 0x80 || reader->bytes[end - 1] == 0x0D))
        end -= 1;
    if (end == reader->pushed) end = reader->pushed + count;
    int is_last = end == reader->count;
    if (is_last && reader->count < 4) {
        /* No document is so short, and libxml2 does not begin. */
        fail(reader, portal_xml_not_well_formed, XML_ERR_TAG_NOT_FINISHED, reader->count);
        return -1;
    }
    int code = xmlParseChunk(reader->parser, (const char *)reader->bytes + reader->pushed,
                             (int)(end - reader->pushed), is_last);
    reader->pushed = end;
    /* What was stopped has its reason already, and the first reason stays. */
    if (!reader->parser->wellFormed || !reader->parser->nsWellFormed)
        fail(reader, portal_xml_not_well_formed, code, parser_offset(reader));
    if (is_last && reader->depth != 0)
        fail(reader, portal_xml_not_well_formed, XML_ERR_DOCUMENT_END, reader->count);
    if (is_over(reader)) return -1;
    if (!is_last) return 1;
    reader->finished = 1;
    return 0;
}

const portal_xml_event *portal_xml_events(const portal_xml_reader *reader, size_t *count) {
    *count = reader->events.count;
    return reader->events.bytes;
}

void portal_xml_clear(portal_xml_reader *reader) { reader->events.count = 0; }

const uint8_t *portal_xml_strings(const portal_xml_reader *reader, size_t *count) {
    *count = reader->strings.count;
    return reader->strings.bytes;
}

size_t portal_xml_name_count(const portal_xml_reader *reader) { return reader->names.count; }

portal_xml_name portal_xml_name_at(const portal_xml_reader *reader, size_t index) {
    portal_xml_name found = {NULL, ""};
    if (index < reader->names.count) {
        const name *known = (const name *)reader->names.bytes + index;
        found.uri = (const char *)known->uri;
        found.local = (const char *)known->local;
    }
    return found;
}

portal_xml_failure portal_xml_why(const portal_xml_reader *reader) { return reader->failure; }

void portal_xml_close(portal_xml_reader *reader) {
    if (reader == NULL) return;
    if (reader->parser != NULL) xmlFreeParserCtxt(reader->parser);
    free(reader->events.bytes);
    free(reader->strings.bytes);
    free(reader->names.bytes);
    free(reader->slots);
    free(reader->namespaces_at);
    free(reader);
}
