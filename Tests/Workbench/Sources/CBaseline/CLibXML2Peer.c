#include "CBaseline.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <string.h>

static size_t count(const xmlNode *node) {
    size_t found = 0;
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        found += strcmp((const char *)node->name, "observation") == 0;
        found += count(node->children);
    }
    return found;
}

size_t baseline_xml_dom(const uint8_t *bytes, size_t length) {
    if (length > INT_MAX) return 0;
    xmlDoc *document = xmlReadMemory((const char *)bytes, (int)length, NULL, NULL, 0);
    if (!document) return 0;
    size_t found = count(document->children);
    xmlFreeDoc(document);
    return found;
}

static void start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                  int namespaces, const xmlChar **pairs, int attributes, int defaulted,
                  const xmlChar **values) {
    (void)prefix, (void)uri, (void)namespaces, (void)pairs, (void)attributes, (void)defaulted,
        (void)values;
    *(size_t *)context += strcmp((const char *)name, "observation") == 0;
}

size_t baseline_xml_sax(const uint8_t *bytes, size_t length) {
    if (length > INT_MAX) return 0;
    xmlSAXHandler handler;
    memset(&handler, 0, sizeof handler);
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = start;
    size_t found = 0;
    if (xmlSAXUserParseMemory(&handler, &found, (const char *)bytes, (int)length) != 0) return 0;
    return found;
}
