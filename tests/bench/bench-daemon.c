/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/bench-daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

#define READY_TIMEOUT_MS 10000

static char *directory;
static int notify_socket = -1;

static void remove_directory(void)
{
    g_autoptr(GDir) files = g_dir_open(directory, 0, NULL);
    for (const char *name; files && (name = g_dir_read_name(files));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (g_remove(path) < 0)
            g_rmdir(path);
    }
    g_rmdir(directory);
}

static void open_notify_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", directory);
    notify_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notify_socket < 0 ||
        bind(notify_socket, (const struct sockaddr *)&address, sizeof(address)) < 0)
        bench_fail(errno, "open a notify socket");
    g_setenv("NOTIFY_SOCKET", address.sun_path, TRUE);
    g_setenv("RUNTIME_DIRECTORY", directory, TRUE);
}

const char *bench_directory(void)
{
    if (directory)
        return directory;
    /* Where secpold has its own files, in memory: the disk is not what is measured. */
    directory = g_strdup("/run/secpold-bench-XXXXXX");
    if (!g_mkdtemp(directory))
        bench_fail(errno, "make a directory below /run");
    atexit(remove_directory);
    open_notify_socket();
    return directory;
}

char *bench_write_file(const char *name, gconstpointer content, gsize length)
{
    g_autoptr(GError) error = NULL;
    char *path = g_build_filename(bench_directory(), name, NULL);
    bench_require(g_file_set_contents(path, content, (gssize)length, &error), error, path);
    return path;
}

/* Standing messages hold what secpold wanted to have stored: the socket that owns its table. */
static void drain_notify_socket(void)
{
    char message[4096];
    while (recv(notify_socket, message, sizeof(message), MSG_DONTWAIT) >= 0)
        ;
}

static void become(const char *const *arguments, const char *log_path)
{
    const int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, STDERR_FILENO);
    dup2(log, STDOUT_FILENO);
    execv(arguments[0], (char *const *)arguments);
    _exit(127);
}

BenchChild bench_child_start(const char *const *arguments)
{
    g_autofree char *log = g_build_filename(bench_directory(), "log", NULL);
    BenchChild child = {.started = bench_now_usec()};
    child.pid = fork();
    if (child.pid < 0)
        bench_fail(errno, "start %s", arguments[0]);
    if (child.pid == 0)
        become(arguments, log);
    return child;
}

static void say_why(void)
{
    g_autofree char *path = g_build_filename(bench_directory(), "log", NULL);
    g_autofree char *log = NULL;
    if (g_file_get_contents(path, &log, NULL, NULL))
        g_printerr("%s", log);
    bench_fail(0, "a program does not become ready");
}

double bench_child_wait_ready(void)
{
    char message[4096];
    for (;;) {
        struct pollfd waiting = {.fd = notify_socket, .events = POLLIN};
        if (poll(&waiting, 1, READY_TIMEOUT_MS) <= 0)
            say_why();
        const double now = bench_now_usec();
        const ssize_t length = recv(notify_socket, message, sizeof(message) - 1, 0);
        if (length < 0)
            bench_fail(errno, "read the notify socket");
        message[length] = '\0';
        if (strstr(message, "READY=1"))
            return now;
    }
}

void bench_child_stop(const BenchChild *child)
{
    kill(child->pid, SIGTERM);
    if (waitpid(child->pid, NULL, 0) < 0)
        bench_fail(errno, "wait for a program");
    drain_notify_socket();
}

static char *bus_configuration(void)
{
    return g_strdup_printf("<busconfig><type>system</type>"
                           "<listen>unix:path=%s/bus</listen>"
                           "<policy context=\"default\"><allow own=\"*\"/>"
                           "<allow send_destination=\"*\"/><allow receive_sender=\"*\"/></policy>"
                           "</busconfig>",
                           bench_directory());
}

void bench_bus_start(void)
{
    g_autofree char *text = bus_configuration();
    g_autofree char *configuration = bench_write_file("bus.conf", text, strlen(text));
    g_autofree char *option = g_strconcat("--config-file=", configuration, NULL);
    bench_child_start((const char *const[]){"/usr/bin/dbus-daemon", option, "--nofork",
                                            "--nopidfile", "--nosyslog", NULL});
    bench_child_wait_ready(); /* it says so as well */

    g_autofree char *address = g_strdup_printf("unix:path=%s/bus", directory);
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);
}

/* The policy asks for every item. */
static void require_no_hardware(void)
{
    static const char *const paths[] = {"/sys/bus", "/sys/class/udc", "/dev/rfkill"};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
        if (g_file_test(paths[i], G_FILE_TEST_EXISTS))
            bench_fail(0,
                       "%s is in view, and secpold would work on this computer's hardware: run "
                       "this by scripts/without-hardware",
                       paths[i]);
}

BenchChild bench_secpold_start(const char *program, const char *profile_text)
{
    require_no_hardware();
    g_autofree char *profile = bench_write_file("device.conf", profile_text, strlen(profile_text));
    g_autofree char *profile_option = g_strconcat("--device-profile=", profile, NULL);
    g_autofree char *state_option =
        g_strdup_printf("--state-directory=%s/state", bench_directory());
    return bench_child_start((const char *const[]){
        program, state_option, "--policy=" SOURCE_ROOT "/policy-examples/high-security.policy",
        profile_option, NULL});
}
