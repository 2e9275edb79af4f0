/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which interfaces this network namespace reaches the rest of the world. */
#pragma once

#include <glib.h>

/* Names of the interfaces that carry a default route, IPv4 or IPv6, in whichever table, each once;
 * element type char. Empty where there is none. NETLINK_CLIENT_ERROR where the kernel does not
 * tell. */
GPtrArray *route_survey_default_interfaces(GError **error);

/* The name of the interface that holds @address, IPv4 or IPv6; a link-local one may end in
 * %INTERFACE, which decides. Free with g_free(). ROUTE_SURVEY_ERROR. */
char *route_survey_interface_of_address(const char *address, GError **error);

#define ROUTE_SURVEY_ERROR (route_survey_error_quark())
GQuark route_survey_error_quark(void);
typedef enum RouteSurveyError {
    ROUTE_SURVEY_ERROR_SYNTAX,    /* not an IPv4 or IPv6 address */
    ROUTE_SURVEY_ERROR_NOT_FOUND, /* no interface holds it */
    ROUTE_SURVEY_ERROR_FAILED,    /* the kernel does not tell */
} RouteSurveyError;
