/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/probe.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/probe-hardware.h"
#include "daemon/probe-nftables.h"
#include "daemon/probe-sockets.h"

typedef struct Probe {
    const char *option;
    gboolean (*try)(GError **error);
    gboolean required; /* for closing ports */
    const char *with;
    const char *without;
} Probe;

#define NO_PORT_IS_CLOSED "no port is closed"

static const Probe probes[] = {
    {"CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET", probe_tables, TRUE, "one table for IPv4 and IPv6",
     NO_PORT_IS_CLOSED},
    {"hooks prerouting, input, output", probe_hooks, TRUE,
     "closed before and after any redirection", NO_PORT_IS_CLOSED},
    {"verdict maps of protocol and port", probe_maps, TRUE, "a closed port finds its item",
     NO_PORT_IS_CLOSED},
    {"CONFIG_NFT_OBJREF (older kernels), counters", probe_named_counters, TRUE,
     "refused packets counted by item", NO_PORT_IS_CLOSED},
    {"CONFIG_NFT_FIB_INET", probe_fib, FALSE, "closed before any redirection, too",
     "a redirection leads around a closed port"},
    {"CONFIG_NFT_LIMIT", probe_limit, FALSE, "a flood does not fill the log",
     "refused packets are only counted"},
    {"CONFIG_NFT_LOG, CONFIG_NETFILTER_NETLINK_LOG", probe_log, FALSE,
     "refused packets listed one by one", "they are only counted"},
    {"nftables notifications", probe_notification, TRUE, "changes by others noticed at once",
     "changes by others are not noticed"},
    {"secpold's table, every port closed", probe_whole_table, TRUE, "the policy is enforced",
     NO_PORT_IS_CLOSED},
    {"verdict maps of concatenated intervals", probe_range_maps, FALSE,
     "ranges above 1024 ports can be closed", "no port is closed if there is such a range"},
    {"table flag owner", probe_owner, FALSE, "others cannot change the table",
     "watched, restored when changed"},
    {"table flag persist", probe_persist, FALSE, "the owned table outlives secpold",
     "not owned: watched, restored when changed"},
    {"CONFIG_INET_DIAG", probe_tcp_sockets, FALSE, "TCP listeners on closed ports found",
     "they are not; running sessions hang"},
    {"CONFIG_INET_DIAG_DESTROY", probe_end_session, FALSE, "sessions on closed ports end at once",
     "they hang until they time out"},
    {"CONFIG_INET_UDP_DIAG", probe_udp_sockets, FALSE, "UDP listeners on closed ports found",
     "they are not"},
    {"CONFIG_SOCK_CGROUP_DATA, sock_diag group ids", probe_control_groups, FALSE,
     "listeners named by unit", "listeners named by port only"},
    {"net.ipv4.ip_local_reserved_ports", probe_reserved_ports, FALSE,
     "no connection gets a closed source port", "now and then an outgoing connection hangs"},
    {"uevents", probe_uevents, FALSE, "hardware is noticed as it comes",
     "new hardware waits for the next change or Verify"},
    {"USB host controller", probe_usb_host, FALSE, "USB storage is refused",
     "watched for one that appears"},
    {"usbcore, parameter authorized_default", probe_usb_later, FALSE,
     "a later controller starts closed", "it is closed just after it has started"},
    {"modules.alias", probe_usb_drivers, FALSE, "storage is known by its vendor's id too",
     "by its class only, until a driver has it"},
    {"USB device controller", probe_device_controller, FALSE, "gadgets are unbound",
     "watched for one that appears"},
    {"configfs", probe_gadget_configuration, FALSE, "gadgets are told apart by name",
     "there are none of its kind"},
    {"CONFIG_CFG80211, nl80211", probe_wireless, FALSE, "wireless interfaces stopped by their use",
     "there are no radios to stop"},
    {"CONFIG_RFKILL, /dev/rfkill", probe_radio_switches, FALSE,
     "unused radios cannot be taken into use", "they can, and are stopped again and again"},
};

static gboolean say_cannot(FILE *out, const char *what, const char *needed)
{
    fprintf(out,
            "Nothing was tried: cannot %s: %s.\n"
            "The kernel is probed in a network namespace of its own, to leave this one alone. "
            "Run this as root, with %s.\n",
            what, g_strerror(errno), needed);
    return FALSE;
}

static gboolean set_up_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return FALSE;
    const gboolean is_up = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    const int number = errno;
    close(fd);
    errno = number;
    return is_up;
}

static gboolean enter_own_namespace(FILE *out)
{
    if (unshare(CLONE_NEWNET) < 0)
        return say_cannot(out, "make a network namespace", "CAP_SYS_ADMIN");
    return set_up_loopback() || say_cannot(out, "set up a network interface", "CAP_NET_ADMIN");
}

typedef struct Widths {
    int option;
    int with;
} Widths;

static Widths measure(void)
{
    Widths widths = {0};
    for (guint i = 0; i < G_N_ELEMENTS(probes); i++) {
        widths.option = MAX(widths.option, (int)strlen(probes[i].option));
        widths.with = MAX(widths.with, (int)strlen(probes[i].with));
    }
    return widths;
}

static void print_row(FILE *out, const Widths *widths, const char *option, const char *found,
                      const char *with, const char *without)
{
    fprintf(out, "%-*s  %-5s  %-*s  %s\n", widths->option, option, found, widths->with, with,
            without);
}

/* Appends to @reasons, and to @missing what is required, when it is not there. */
static void try_and_print(FILE *out, const Widths *widths, const Probe *probe, GString *reasons,
                          GString *missing)
{
    g_autoptr(GError) error = NULL;
    const gboolean found = probe->try(&error);

    print_row(out, widths, probe->option, found ? "yes" : "no", probe->with, probe->without);
    if (found)
        return;
    g_string_append_printf(reasons, "%s: %s\n", probe->option, error->message);
    if (probe->required)
        g_string_append_printf(missing, "%s%s", missing->len > 0 ? "; " : "", probe->option);
}

gboolean probe_print(FILE *out)
{
    g_autoptr(GString) reasons = g_string_new(NULL);
    g_autoptr(GString) missing = g_string_new(NULL);

    if (!enter_own_namespace(out))
        return FALSE;
    const Widths widths = measure();
    print_row(out, &widths, "OPTION", "FOUND", "WITH IT", "WITHOUT IT");
    for (guint i = 0; i < G_N_ELEMENTS(probes); i++)
        try_and_print(out, &widths, &probes[i], reasons, missing);

    if (reasons->len > 0)
        fprintf(out, "\n%s", reasons->str);
    if (missing->len > 0)
        fprintf(out, "\nsecpold cannot close ports on this kernel. Missing: %s.\n", missing->str);
    else
        fputs("\nEverything is there that closing ports takes.\n", out);
    return missing->len == 0;
}
