/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stored.c - what it costs to keep stored definitions as their policy asks, next to libvirt's own floor: a dump and a define of the same
 * guest through one connection. For the inside of the sandbox (tests/live), whose libvirtd hears of it and whose policy it writes:
 *
 *   bench_stored GUESTS EVENTS
 *   bench_stored sweep GUESTS...	what the watcher takes to start
 *
 * It prints, and judges nothing by its exit status but whether measuring was possible.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLICY "/etc/nestxml/nestxml.conf.d/bench.conf"
#define ROUNDS 5
#define LATENCIES 300
#define SIDEWAYS 20

static virConnectPtr connection;

static void die(const char *what)
{
	fprintf(stderr, "bench_stored: %s: %s\n", what, virGetLastErrorMessage());
	exit(1);
}

static void connect_for_writing(void)
{
	connection = virConnectOpen("qemu:///system");
	if (!connection)
		die("connect");
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Sorts. @part: 0.5 for the median. */
static double quantile(double *values, size_t count, double part)
{
	qsort(values, count, sizeof(*values), compare);
	return values[(size_t)((double)(count - 1) * part + 0.5)];
}

static void print_head(const char *what)
{
	printf("%-58s %9s %9s %7s   %4s  %s\n", what, "ours ms", "floor ms", "ratio", "goal", "met");
}

static void print_ratio(const char *what, double ours, double floor, double goal)
{
	printf("%-58s %9.2f %9.2f %7.2f", what, ours, floor, ours / floor);
	if (goal > 0)
		printf("   %4.2f  %s\n", goal, ours / floor <= goal ? "yes" : "no");
	else
		puts("      -");
	fflush(stdout);
}

/* ---- guests ---- */

static void make_xml(char *xml, size_t size, size_t number, const char *policy)
{
	snprintf(xml, size,
		 "<domain type='qemu'><name>bench-%04zu</name><uuid>6e657374-786d-6c00-8000-%012zu</uuid><memory unit='MiB'>32</memory>"
		 "<os><type arch='x86_64'>hvm</type></os><features><acpi/><apic/></features>"
		 "<cpu mode='custom' match='exact'><model>qemu64</model><feature policy='%s' name='svm'/></cpu>"
		 "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>"
		 "<disk type='file' device='disk'><source file='/nowhere/%zu'/><target dev='vda' bus='virtio'/></disk>"
		 "<controller type='usb' model='qemu-xhci'/><controller type='virtio-serial'/>"
		 "<serial type='pty'/><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
		 "<input type='tablet' bus='usb'/><graphics type='vnc' passwd='secret'/><video><model type='virtio'/></video>"
		 "<memballoon model='virtio'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng></devices></domain>",
		 number, number, policy, number);
}

static void define_guest(size_t number, const char *policy)
{
	char xml[4096];
	virDomainPtr domain;

	make_xml(xml, sizeof(xml), number, policy);
	domain = virDomainDefineXML(connection, xml);
	if (!domain)
		die("define");
	virDomainFree(domain);
}

static void write_policy(const char *nested)
{
	FILE *file = fopen(POLICY, "w");

	if (!file || fprintf(file, "[guest bench-*]\nnested = %s\n", nested) < 0 || fclose(file) != 0)
		die(POLICY);
}

/* ---- libvirt's floor ---- */

static virDomainPtr find_guest(size_t number)
{
	char name[32];
	virDomainPtr domain;

	snprintf(name, sizeof(name), "bench-%04zu", number);
	domain = virDomainLookupByName(connection, name);
	if (!domain)
		die(name);
	return domain;
}

static char *dump(virDomainPtr domain)
{
	char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);

	if (!xml)
		die("dump");
	return xml;
}

/* A dump and a define of what was dumped. Returns the milliseconds. */
static double touch(size_t number)
{
	virDomainPtr domain = find_guest(number);
	double start = now(); /* who rewrites all has their list already */
	char *xml = dump(domain);
	virDomainPtr defined = virDomainDefineXML(connection, xml);

	if (!defined)
		die("define");
	start = now() - start;
	virDomainFree(defined);
	virDomainFree(domain);
	free(xml);
	return start;
}

static double touch_all(size_t guests)
{
	double sum = 0;

	for (size_t i = 0; i < guests; i++)
		sum += touch(i);
	return sum;
}

/* ---- nestctl apply --all ---- */

static double run(const char *command)
{
	double start = now();

	if (system(command) != 0)
		die(command);
	return now() - start;
}

/* Dumps of all of them; milliseconds. */
static double dump_all(size_t guests)
{
	double sum = 0;

	for (size_t i = 0; i < guests; i++) {
		virDomainPtr domain = find_guest(i);
		double start = now();
		char *xml = dump(domain);

		sum += now() - start;
		virDomainFree(domain);
		free(xml);
	}
	return sum;
}

static void bench_apply(size_t guests)
{
	double ours[ROUNDS];
	double floor[ROUNDS];
	double looks[ROUNDS];
	char text[80];

	for (size_t round = 0; round < ROUNDS; round++) {
		write_policy(round % 2 ? "disable" : "require");
		floor[round] = touch_all(guests);
		ours[round] = run("nestctl apply --all >/dev/null");
		looks[round] = run("nestctl apply --all >/dev/null");
	}
	snprintf(text, sizeof(text), "apply --all, %zu guests rewritten : dump and define", guests);
	print_ratio(text, quantile(ours, ROUNDS, 0.5), quantile(floor, ROUNDS, 0.5), 1.2);
	snprintf(text, sizeof(text), "apply --all, %zu guests looked at : dump and define", guests);
	print_ratio(text, quantile(looks, ROUNDS, 0.5), quantile(floor, ROUNDS, 0.5), 0);
}

static void bench_list(size_t guests)
{
	double ours[ROUNDS];
	double floor[ROUNDS];
	char text[80];

	for (size_t round = 0; round < ROUNDS; round++) {
		floor[round] = dump_all(guests);
		ours[round] = run("nestctl list >/dev/null");
	}
	snprintf(text, sizeof(text), "list, %zu guests : dump", guests);
	print_ratio(text, quantile(ours, ROUNDS, 0.5), quantile(floor, ROUNDS, 0.5), 1.5);
}

/* ---- nestctl watch ---- */

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t count; /* of definitions of the first guest that were heard of since the last reset */
	double at[2]; /* when the first two were */
} heard = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static int on_event(virConnectPtr from, virDomainPtr domain, int event, int detail, void *context)
{
	(void)from;
	(void)detail;
	(void)context;
	if (event != VIR_DOMAIN_EVENT_DEFINED || strcmp(virDomainGetName(domain), "bench-0000") != 0)
		return 0;
	pthread_mutex_lock(&heard.mutex);
	if (heard.count < 2)
		heard.at[heard.count] = now();
	heard.count++;
	pthread_cond_broadcast(&heard.changed);
	pthread_mutex_unlock(&heard.mutex);
	return 0;
}

static void *run_loop(void *context)
{
	(void)context;
	for (;;)
		virEventRunDefaultImpl();
	return NULL;
}

/* Waits until two definitions were heard of; returns the time from the first to the second. */
static double wait_for_two(void)
{
	struct timespec end;
	double taken;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 30;
	pthread_mutex_lock(&heard.mutex);
	while (heard.count < 2)
		if (pthread_cond_timedwait(&heard.changed, &heard.mutex, &end) != 0) {
			fprintf(stderr, "bench_stored: %zu definitions instead of 2\n", heard.count);
			exit(1);
		}
	taken = heard.at[1] - heard.at[0];
	pthread_mutex_unlock(&heard.mutex);
	return taken;
}

/*
 * One guest is defined stale, the watcher defines it right: from the first event to the second. As virsh does it, on a connection that is
 * closed after that: while another program is connected for writing, the watcher waits.
 */
static double time_event(void)
{
	pthread_mutex_lock(&heard.mutex);
	heard.count = 0;
	pthread_mutex_unlock(&heard.mutex);
	connect_for_writing();
	define_guest(0, "disable");
	virConnectClose(connection);
	return wait_for_two();
}

static pid_t start_watch(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(127);
		execlp("nestctl", "nestctl", "watch", NULL);
		_exit(127);
	}
	sleep(2); /* its sweep */
	return pid;
}

static void end_watch(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static size_t read_rss(pid_t pid)
{
	char path[64];
	char line[256];
	size_t kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmRSS: %zu", &kib);
	if (file)
		fclose(file);
	return kib;
}

static void bench_events(size_t events)
{
	static double ours[LATENCIES];
	static double floor[LATENCIES];
	pid_t watch;
	double median;
	size_t early;
	size_t late;

	for (size_t i = 0; i < LATENCIES; i++)
		floor[i] = touch(1);
	virConnectClose(connection);
	watch = start_watch();
	for (size_t i = 0; i < LATENCIES; i++)
		ours[i] = time_event();
	median = quantile(floor, LATENCIES, 0.5);
	print_ratio("watch, event to rewritten definition : dump and define", quantile(ours, LATENCIES, 0.5), median, 1.5);
	print_ratio("watch, the same, 99th percentile", quantile(ours, LATENCIES, 0.99), median, 3);
	early = read_rss(watch);
	for (size_t i = LATENCIES; i < events; i++)
		time_event();
	late = read_rss(watch);
	printf("\nwatch, memory: %zu KiB after %d events, %zu KiB after %zu\n", early, LATENCIES, late, events);
	end_watch(watch);
}

/* ---- the watcher's start ---- */

#define NOTIFY "/run/bench-notify"
#define AT_REST 4 /* seconds until a file that was written counts as one that changes no more unnoticed */

/* From its fork until it tells its manager that it is ready; milliseconds, and then its memory. */
static double time_start(size_t *rss)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NOTIFY};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[64];
	double start;
	pid_t pid;

	unlink(NOTIFY);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(NOTIFY);
	start = now();
	pid = fork();
	if (pid == 0) {
		setenv("NOTIFY_SOCKET", NOTIFY, 1);
		if (!freopen("/dev/null", "w", stderr))
			_exit(127);
		execlp("nestctl", "nestctl", "watch", NULL);
		_exit(127);
	}
	if (recv(fd, text, sizeof(text), 0) <= 0)
		die("ready");
	start = now() - start;
	*rss = read_rss(pid);
	end_watch(pid);
	close(fd);
	return start;
}

/* As at the boot of a host: nobody else is connected. */
static double time_start_alone(size_t *rss)
{
	double taken;

	virConnectClose(connection);
	taken = time_start(rss);
	connect_for_writing();
	return taken;
}

static void count_stale(size_t guests)
{
	size_t stale = 0;

	for (size_t i = 0; i < guests; i++) {
		char name[32];
		virDomainPtr domain;
		char *xml;

		snprintf(name, sizeof(name), "bench-%04zu", i);
		domain = virDomainLookupByName(connection, name);
		xml = domain ? virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE) : NULL;
		stale += !xml || !strstr(xml, "policy='require' name='svm'") ? 1 : 0;
		if (domain)
			virDomainFree(domain);
		free(xml);
	}
	if (stale > 0)
		printf("%zu of %zu guests are stale after it: NOT OK\n", stale, guests);
}

static void bench_sweep(size_t guests, size_t known)
{
	double warm[ROUNDS];
	double unchanged[ROUNDS];
	double cold;
	double dump;
	double floor;
	size_t cold_rss;
	size_t warm_rss = 0;
	char text[80];

	for (size_t i = known; i < guests; i++)
		define_guest(i, "require");
	floor = touch_all(guests);
	dump = dump_all(guests);
	sleep(AT_REST);
	unlink("/var/lib/nestxml/settled");
	cold = time_start_alone(&cold_rss);
	for (size_t round = 0; round < ROUNDS; round++)
		unchanged[round] = time_start_alone(&warm_rss);
	for (size_t round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < guests / 100; i++)
			define_guest(i, "disable");
		warm[round] = time_start_alone(&warm_rss);
		count_stale(guests);
	}
	snprintf(text, sizeof(text), "watch, first start, %zu guests looked at : dump and define", guests);
	print_ratio(text, cold, floor, 0);
	snprintf(text, sizeof(text), "watch, start, %zu guests, none changed : dump and define", guests);
	print_ratio(text, quantile(unchanged, ROUNDS, 0.5), floor, 0.1);
	snprintf(text, sizeof(text), "watch, start, %zu guests, none changed : dump", guests);
	print_ratio(text, quantile(unchanged, ROUNDS, 0.5), dump, 0);
	snprintf(text, sizeof(text), "watch, start, %zu guests, 1 %% stale : dump and define", guests);
	print_ratio(text, quantile(warm, ROUNDS, 0.5), floor, 0.1);
	snprintf(text, sizeof(text), "watch, start, %zu guests, 1 %% stale : dump", guests);
	print_ratio(text, quantile(warm, ROUNDS, 0.5), dump, 0);
	printf("watch, memory, %zu guests: %zu KiB after the first start, %zu KiB after the others\n", guests, cold_rss, warm_rss);
}

static int bench_sweeps(int count, char **sizes)
{
	size_t known = 0;

	write_policy("require");
	print_head("the watcher's start (medians)");
	for (int i = 0; i < count; i++) {
		bench_sweep(strtoul(sizes[i], NULL, 10), known);
		known = strtoul(sizes[i], NULL, 10);
	}
	return 0;
}

/* ---- sideways ---- */

static void bench_sideways(void)
{
	static const struct {
		const char *what;
		const char *command;
	} others[] = {
		{"virsh dumpxml | xsltproc | virsh define, a guest",
		 "virsh dumpxml --inactive --security-info bench-%04zu | xsltproc /run/require.xsl - | virsh -q define /dev/stdin"},
		{"virt-xml --edit, a guest", "virt-xml bench-%04zu --edit --cpu require=svm --define >/dev/null 2>&1"},
		{"virsh dumpxml | nestxml | virsh define, a guest",
		 "virsh dumpxml --inactive --security-info bench-%04zu | nestxml | virsh -q define /dev/stdin"},
		{"nestctl apply, a guest", "nestctl apply bench-%04zu >/dev/null"},
	};

	for (size_t other = 0; other < sizeof(others) / sizeof(others[0]); other++) {
		double theirs[SIDEWAYS];
		double floor[SIDEWAYS];
		char command[256];

		for (size_t i = 0; i < SIDEWAYS; i++) {
			define_guest(i, "disable");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(command, sizeof(command), others[other].command, i);
#pragma GCC diagnostic pop
			theirs[i] = run(command);
			floor[i] = touch(i);
		}
		print_ratio(others[other].what, quantile(theirs, SIDEWAYS, 0.5), quantile(floor, SIDEWAYS, 0.5), 0);
	}
}

int main(int argc, char **argv)
{
	size_t guests = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	size_t events = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000;
	virConnectPtr listener;
	pthread_t thread;

	virEventRegisterDefaultImpl();
	connect_for_writing();
	if (argc > 2 && strcmp(argv[1], "sweep") == 0)
		return bench_sweeps(argc - 2, argv + 2);
	for (size_t i = 0; i < guests; i++)
		define_guest(i, "disable");
	print_head("stored definitions (medians)");
	bench_apply(guests);
	bench_list(guests);
	write_policy("require");
	bench_sideways();
	listener = virConnectOpenReadOnly("qemu:///system"); /* which the watcher does not mind */
	if (!listener || virConnectDomainEventRegisterAny(listener, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
							  VIR_DOMAIN_EVENT_CALLBACK((void (*)(void))on_event), NULL, NULL) < 0)
		die("events");
	pthread_create(&thread, NULL, run_loop, NULL);
	bench_events(events);
	return 0;
}
