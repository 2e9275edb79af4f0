/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-polkit.h"

#include <errno.h>

#include "daemon/bus/bus-polkit-query.h"

#define MAX_QUESTIONS 64

struct BusPolkit {
    sd_bus *bus;
    BusCallers *callers;
    GHashTable *questions; /* set of Question */
};

typedef struct Question {
    BusPolkit *polkit;
    sd_bus_message *message;
    const char *action;
    BusPolkitAnswer answer;
    gpointer data;
    sd_bus_slot *slot;
} Question;

static void question_free(Question *question)
{
    sd_bus_slot_unref(question->slot);
    sd_bus_message_unref(question->message);
    g_free(question);
}

BusPolkit *bus_polkit_new(sd_bus *bus, BusCallers *callers)
{
    BusPolkit *polkit = g_new0(BusPolkit, 1);

    polkit->bus = bus;
    polkit->callers = callers;
    polkit->questions =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, (GDestroyNotify)question_free, NULL);
    return polkit;
}

void bus_polkit_free(BusPolkit *polkit)
{
    if (!polkit)
        return;
    g_hash_table_unref(polkit->questions);
    g_free(polkit);
}

static int refuse(Question *question)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;

    sd_bus_error_setf(&error, SD_BUS_ERROR_ACCESS_DENIED,
                      "Not authorized: root may, and who polkit grants %s", question->action);
    const int r = question->answer(question->message, NULL, &error, question->data);
    sd_bus_error_free(&error);
    return r;
}

/* The caller is known already, so that the second look-up answers at once. */
static int on_polkit(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    Question *question = data;
    const int r = bus_polkit_query_grants(reply)
                      ? bus_callers_look_up(question->polkit->callers, question->message,
                                            question->answer, question->data)
                      : refuse(question);

    g_hash_table_remove(question->polkit->questions, question);
    return r < 0 ? r : 0;
}

static int on_caller(sd_bus_message *message, const BusCaller *caller, const sd_bus_error *failure,
                     gpointer data)
{
    Question *question = data;
    int r;

    if (!caller)
        r = question->answer(message, NULL, failure, question->data);
    else if (caller->uid == 0)
        r = question->answer(message, caller, NULL, question->data);
    else if (bus_polkit_query_send(question->polkit->bus, message, question->action, on_polkit,
                                   question, &question->slot))
        return 1;
    else
        r = refuse(question);

    g_hash_table_remove(question->polkit->questions, question);
    return r;
}

int bus_polkit_authorize(BusPolkit *polkit, sd_bus_message *message, const char *action,
                         BusPolkitAnswer answer, gpointer data)
{
    if (g_hash_table_size(polkit->questions) >= MAX_QUESTIONS)
        return -EBUSY;

    Question *question = g_new0(Question, 1);
    question->polkit = polkit;
    question->message = sd_bus_message_ref(message);
    question->action = action;
    question->answer = answer;
    question->data = data;
    g_hash_table_add(polkit->questions, question);
    const int r = bus_callers_look_up(polkit->callers, message, on_caller, question);
    if (r < 0 && g_hash_table_contains(polkit->questions, question))
        g_hash_table_remove(polkit->questions, question);
    return r;
}
