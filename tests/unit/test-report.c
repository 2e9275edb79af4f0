/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/report.h"

static JsonObject *object_from(const char *text)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    return json_node_dup_object(node);
}

static void check_answers(const char *reports, const char *expected)
{
    g_autofree char *text = g_strdup_printf("{\"Name\":\"AutoLogout\",\"Reports\":%s}", reports);
    g_autoptr(JsonObject) setting = object_from(text);
    g_autofree char *answers = report_answers(setting);
    g_assert_cmpstr(answers, ==, expected);
}

/* A secpold that tells more of a report than this version knows is no reason to tell nonsense. */
static void test_answers(void)
{
    const char *const good = "{\"Agent\":\":1.5\",\"Unit\":\"a.service\",\"Value\":true,"
                             "\"Reason\":\"why\"}";
    g_autofree char *both = g_strdup_printf("[[\":1.9\",\"b.service\",true,\"\",1],%s]", good);
    check_answers("[]", "no report");
    check_answers(both, "a.service: yes (why)");
    check_answers("[[\":1.9\"]]", "no report");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/answers", test_answers);
    return g_test_run();
}
