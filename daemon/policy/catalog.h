/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalog: every item a policy can ask for and every setting an item can lock, as static
 * tables. Items stand in display order; an item's position in the table (0 to CATALOG_N_ITEMS - 1)
 * is its index everywhere else in the code. All pointers live as long as the program.
 */
#pragma once

#include <glib.h>

#define CATALOG_N_ITEMS    45
#define CATALOG_N_SETTINGS 70
/* No item has more parameters than this (EnableLockout has two). */
#define CATALOG_MAX_PARAMETERS 2

typedef enum Category {
    CATEGORY_INTERFACE,
    CATEGORY_NETWORK,
    CATEGORY_AUTHENTICATION,
    CATEGORY_KEY_CERTIFICATE,
    CATEGORY_LOG,
    CATEGORY_JOB,
    CATEGORY_STORAGE,
    CATEGORY_LAST = CATEGORY_STORAGE,
} Category;

typedef enum ValueKind {
    VALUE_FLAG,   /* yes or no */
    VALUE_NUMBER, /* unsigned, within minimum and maximum */
    VALUE_HOST,   /* host name or IP address, at most 253 characters (RFC 1035) */
} ValueKind;

/* What secpold itself makes the kernel do for an item. */
typedef enum KernelEffect {
    KERNEL_EFFECT_NONE,
    KERNEL_EFFECT_CLOSE_PORTS,
    KERNEL_EFFECT_SNMP_V3_ONLY, /* closes its ports but for UDP datagrams of SNMP version 3 */
    KERNEL_EFFECT_NO_DIRECT_CONNECTION,
    KERNEL_EFFECT_NO_WIRELESS_LAN,
    KERNEL_EFFECT_NO_USB_DEVICE,
    KERNEL_EFFECT_NO_USB_STORAGE,
    KERNEL_EFFECT_LAST = KERNEL_EFFECT_NO_USB_STORAGE,
} KernelEffect;

typedef struct PortRange {
    guint16 first; /* 1 to 65535 */
    guint16 last;  /* not below first; included */
} PortRange;

/* A further key that belongs to an item, such as LockoutThreshold to EnableLockout. */
typedef struct CatalogParameter {
    const char *key;
    ValueKind kind;   /* VALUE_NUMBER or VALUE_HOST */
    guint minimum;    /* VALUE_NUMBER only */
    guint maximum;    /* VALUE_NUMBER only, included */
    guint standard;   /* the number in force where the policy names none */
    const char *unit; /* "seconds", "minutes", "attempts"; NULL for VALUE_HOST */
} CatalogParameter;

/* One setting that an item locks, and to what. */
typedef struct ForcedSetting {
    const char *setting;   /* name in the settings table */
    const char *constant;  /* the value as GVariant text, or NULL: the number of the item ... */
    const char *parameter; /* ... or, where this is not NULL, of the parameter with this key */
    gboolean must_confirm; /* the item is not enforced before every agent confirms the setting */
} ForcedSetting;

typedef struct CatalogItem {
    const char *key;   /* name in documents, on D-Bus and on the command line */
    const char *label; /* the trade's name for the item, without port numbers */
    Category category;
    const char *group;       /* heading within the category; NULL where there is none */
    const char *function;    /* the device function without which the item is not available */
    const char *description; /* what the item does, a sentence or two */
    const char *consequence; /* what the users of the device lose */
    ValueKind kind;          /* VALUE_FLAG or VALUE_NUMBER */
    guint minimum;           /* VALUE_NUMBER only */
    guint maximum;           /* VALUE_NUMBER only, included */
    const char *unit;        /* VALUE_NUMBER only: "characters", "days" */
    const char *parent;      /* key of the item that must be requested as well, or NULL */
    KernelEffect effect;
    const PortRange *ports; /* what the item closes before the device profile is asked */
    gsize n_ports;
    const CatalogParameter *parameters;
    gsize n_parameters;
    const ForcedSetting *settings;
    gsize n_settings;
} CatalogItem;

typedef struct CatalogSetting {
    const char *name;
    const char *type;     /* D-Bus signature: "b", "s" or "u" */
    const char *label;    /* what administrators know the setting by */
    const char *function; /* the function without which it is not available; NULL: the item's */
} CatalogSetting;

extern const CatalogItem catalog_items[CATALOG_N_ITEMS];
extern const CatalogSetting catalog_settings[CATALOG_N_SETTINGS];

/* NULL, or -1, where the key is unknown. */
const CatalogItem *catalog_find_item(const char *key);
const CatalogSetting *catalog_find_setting(const char *name);
gsize catalog_item_index(const CatalogItem *item);
gsize catalog_setting_index(const CatalogSetting *setting);

/* The parameter @key and the item that owns it. Returns NULL, leaving @ret_item, where unknown. */
const CatalogParameter *catalog_find_parameter(const char *key, const CatalogItem **ret_item);

/* Whether any item or setting depends on a function of this name. */
gboolean catalog_is_function(const char *name);

/* Calls @visit once for every function name, in the order of first appearance. */
void catalog_foreach_function(void (*visit)(const char *name, gpointer data), gpointer data);

/* The group name in a policy document, which is the Category on D-Bus: "KeyCertificate". */
const char *category_to_string(Category category);
gboolean category_from_string(const char *name, Category *ret_category);

/* The category of this name as displayed: "Key/Certificate". @name itself where it is unknown. */
const char *category_display_label(const char *name);

/* A number that an item or a parameter has, with its unit: "8 characters", "1 day"; the bare number
 * for any other key. Free with g_free(). */
char *catalog_quantity(const char *key, guint64 number);

/* Whether its effect is to close ports or, for SNMP, to let one version of the protocol through. */
gboolean catalog_item_closes_ports(const CatalogItem *item);

/* The label as displayed: port items carry their ports, "Restrict LPD Port (Port Number: 515)". */
char *catalog_item_display_label(const CatalogItem *item);

/* The forced value of a setting, of the setting's type, where @forced has a constant; NULL where
 * the value comes from the policy. Strong reference. */
GVariant *forced_setting_constant(const ForcedSetting *forced);
