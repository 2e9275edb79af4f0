/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/bus/bus-polkit.h"

#include "daemon/audit.h"
#include "daemon/bus/bus-polkit-query.h"

/* Whoever may not have root's place cannot take away anybody else's: a question waits for a person,
 * who may be long in coming, or never come. */
#define MAX_QUESTIONS         64
#define MAX_QUESTIONS_OF_USER 8

struct BusPolkit {
    sd_bus *bus;
    BusCallers *callers;
    GHashTable *questions; /* set of Question */
    guint64 n_asked;       /* so far; names the questions */
    gint64 denied;         /* CLOCK_MONOTONIC microseconds of the last refusal that was recorded */
};

typedef struct Question {
    BusPolkit *polkit;
    sd_bus_message *message;
    const char *action;
    BusPolkitAnswer answer;
    gpointer data;
    uid_t uid;         /* of the caller */
    char *unit;        /* of the caller; NULL before it is known */
    char *id;          /* by which polkit knows the question; NULL: not asked */
    sd_bus_slot *slot; /* of the answer */
} Question;

static void question_free(Question *question)
{
    sd_bus_slot_unref(question->slot);
    sd_bus_message_unref(question->message);
    g_free(question->id);
    g_free(question->unit);
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

/* Everybody can be refused as often as they like; the journal is for others too. */
static void record_refusal(const Question *question)
{
    const gint64 now = g_get_monotonic_time();

    if (question->polkit->denied != 0 && now - question->polkit->denied < G_USEC_PER_SEC)
        return;
    question->polkit->denied = now;
    audit_denied(question->action, question->uid, question->unit);
}

static int refuse(const Question *question)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;

    record_refusal(question);
    sd_bus_error_setf(&error, SD_BUS_ERROR_ACCESS_DENIED,
                      "Not authorized: root may, and who polkit grants %s", question->action);
    const int r = question->answer(question->message, NULL, &error, question->data);
    sd_bus_error_free(&error);
    return r;
}

static int refuse_further(const Question *question)
{
    static const sd_bus_error error = SD_BUS_ERROR_MAKE_CONST(
        SD_BUS_ERROR_LIMITS_EXCEEDED,
        "Too many questions to polkit wait for an answer; answer or cancel them");

    return question->answer(question->message, NULL, &error, question->data);
}

/* The caller is looked up again: it may have left meanwhile, which bus_polkit_forget() is told only
 * of callers that are remembered. */
static int on_polkit(sd_bus_message *reply, void *data, sd_bus_error *ret_error)
{
    Question *question = data;
    int r = bus_polkit_query_grants(reply)
                ? bus_callers_look_up(question->polkit->callers, question->message,
                                      question->answer, question->data)
                : refuse(question);

    if (r < 0)
        r = sd_bus_reply_method_errno(question->message, r, NULL);
    g_hash_table_remove(question->polkit->questions, question);
    return r < 0 ? r : 0;
}

static gboolean has_room(const BusPolkit *polkit, uid_t uid)
{
    GHashTableIter iter;
    gpointer key;
    guint asked = 0;
    guint asked_by_user = 0;

    g_hash_table_iter_init(&iter, polkit->questions);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const Question *question = key;
        asked += question->id != NULL;
        asked_by_user += question->id && question->uid == uid;
    }
    return asked < MAX_QUESTIONS && asked_by_user < MAX_QUESTIONS_OF_USER;
}

static gboolean ask(Question *question, const BusCaller *caller)
{
    BusPolkit *polkit = question->polkit;

    question->uid = caller->uid;
    question->unit = g_strdup(caller->unit);
    question->id = g_strdup_printf("secpold-%" G_GUINT64_FORMAT, ++polkit->n_asked);
    return bus_polkit_query_send(polkit->bus, question->message, question->action, question->id,
                                 on_polkit, question, &question->slot);
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
    else if (!has_room(question->polkit, caller->uid))
        r = refuse_further(question);
    else if (ask(question, caller))
        return 1;
    else
        r = refuse(question);

    g_hash_table_remove(question->polkit->questions, question);
    return r;
}

int bus_polkit_authorize(BusPolkit *polkit, sd_bus_message *message, const char *action,
                         BusPolkitAnswer answer, gpointer data)
{
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

void bus_polkit_forget(BusPolkit *polkit, const char *connection)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, polkit->questions);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const Question *question = key;
        if (!question->id ||
            g_strcmp0(sd_bus_message_get_sender(question->message), connection) != 0)
            continue;
        bus_polkit_query_cancel(polkit->bus, question->id);
        g_hash_table_iter_remove(&iter);
    }
}
