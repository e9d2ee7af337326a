/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_cpu_override.c - which arguments for QEMU win over <cpu>. */
#include "support.h"

#define QEMU "http://libvirt.org/schemas/domain/qemu/1.0"

/* @content in <domain>, with the prefix qemu declared. */
static void check_override(const char *content, const char *expected)
{
	struct nestxml_domain *domain;
	char xml[1024];
	const char *got;

	snprintf(xml, sizeof(xml), "<domain type='kvm' xmlns:qemu='" QEMU "'>%s</domain>", content);
	domain = domain_of(xml);
	got = nestxml_domain_get_cpu_override(domain);
	CHECK(!got == !expected && (!got || strcmp(got, expected) == 0), "%s: %s", xml, got ? got : "none");
	nestxml_domain_free(domain);
}

#define ARG(value) "<qemu:arg value='" value "'/>"

static void test_arguments_of_qemu_that_win_over_the_cpu_are_named(void **state)
{
	static const struct {
		const char *arguments;
		const char *expected; /* NULL: none does */
	} cases[] = {
		{ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("--cpu") ARG("max"), "--cpu"},
		{ARG("&#45;c&#x70;u") ARG("max"), "-cpu"},
		{ARG("-append") ARG("x") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-append") ARG("-cpu"), "-cpu"}, /* to be safe: QEMU alone knows which arguments are values */
		{ARG("-name") ARG("-append") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-name") ARG("-device") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-name") ARG("-device") ARG("-device") ARG("driver=cpu"), "-device"},
		{ARG("-name") ARG("-global") ARG("--device") ARG("x86_64-cpu"), "--device"},
		{ARG("-no-reboot") ARG("-cpu") ARG("max"), "-cpu"},
		{ARG("-cpu") ARG("max") ARG("--cpu") ARG("max"), "-cpu"},
		{ARG("-readconfig") ARG("/tmp/x"), "-readconfig"},
		{ARG("--plugin") ARG("x.so"), "--plugin"},
		{ARG("-monitor") ARG("pipe:/tmp/x"), "-monitor"},
		{ARG("-mon") ARG("chardev=x"), "-mon"},
		{ARG("--qmp") ARG("pipe:/tmp/x"), "--qmp"},
		{ARG("-qmp-pretty") ARG("pipe:/tmp/x"), "-qmp-pretty"},
		{ARG("-gdb") ARG("pipe:/tmp/x"), "-gdb"},
		{ARG("-monitor") ARG("none"), NULL},
		{ARG("--gdb") ARG("none"), NULL},
		{ARG("-monitor"), NULL}, /* QEMU does not start */
		{ARG("-netdev") ARG("user,id=n,guestfwd=tcp:10.0.2.100:1-mon:pipe:/tmp/x"), "-netdev"},
		{ARG("-nic") ARG("user,guestfwd=tcp:10.0.2.100:1-mon:pipe:/tmp/x"), "-nic"},
		{ARG("--net") ARG("user,guestfwd=tcp:10.0.2.100:1-mon:pipe:/tmp/x"), "--net"},
		{ARG("-netdev") ARG("{\"type\":\"user\",\"guestfwd\":[{\"str\":\"tcp:10.0.2.100:1-mon:pipe:x\"}]}"), "-netdev"},
		{ARG("-netdev") ARG("{\"type\":\"user\",\"guestfw\\u0064\":[]}"), "-netdev"},
		{ARG("-netdev") ARG("user,id=n,guestfwd=tcp:10.0.2.100:1-pipe:/tmp/x"), NULL},
		{ARG("-netdev") ARG("user,id=mon:x"), NULL},
		{ARG("-object") ARG("{&apos;qom-type&apos;: &apos;monitor-hmp&apos;}"), "-object"},
		{ARG("-set") ARG("netdev.n.guestfwd=tcp:10.0.2.100:1-mon:pipe:/tmp/x"), "-set"},
		{ARG("-object") ARG("filter-dump,id=monitor-1,file=/var/lib/monitor-x"), NULL},
		{ARG("-s"), "-s"},
		{ARG("-object") ARG("monitor-hmp,id=x,chardev=y"), "-object"},
		{ARG("--object") ARG("id=x,chardev=y,qom-type=monitor-qmp"), "--object"},
		{ARG("-object") ARG("{\"qom-type\": \"monitor-hmp\"}"), "-object"},
		{ARG("-object") ARG("{\"qom-type\": \"\\u006donitor-hmp\"}"), "-object"},
		{ARG("-serial") ARG("mon:pipe:/tmp/x"), "-serial"},
		{ARG("--parallel") ARG("mon:pipe:/tmp/x"), "--parallel"},
		{ARG("-debugcon") ARG("mon:pipe:/tmp/x"), "-debugcon"},
		{ARG("-chardev") ARG("pipe,id=monitor,path=/tmp/x"), NULL}, /* nothing uses it */
		{ARG("-device") ARG("usb-tablet,id=monitor"), NULL},
		{ARG("-object") ARG("rng-random,id=x,filename=/dev/urandom"), NULL},
		{ARG("-object") ARG("{\"qom-type\": \"rng-random\"}"), NULL},
		{ARG("-object"), NULL},
		{ARG("-serial") ARG("pipe:/tmp/x"), NULL},
		{ARG("-serial"), NULL},
		{ARG("-device") ARG("qemu64-x86_64-cpu,svm=on,socket-id=1"), "-device"},
		{ARG("--device") ARG("id=a,driver=qemu64-x86_64-cpu"), "--device"},
		{ARG("-device") ARG("driver=cpu"), "-device"},
		{ARG("-device") ARG("x86_64-cpu"), "-device"},
		{ARG("-device") ARG("{\"driver\": \"qemu64-x86_64-cpu\"}"), "-device"},
		{ARG("-device") ARG("{\"driver\": \"qemu64-x86_64-\\u0063pu\"}"), "-device"},
		{ARG("-global") ARG("qemu64-x86_64-cpu.xlevel=0x80000000"), "-global"},
		{ARG("-global") ARG("driver=x86_64-cpu,property=xlevel,value=0"), "-global"},
		{ARG("-set") ARG("device.c.driver=qemu64-x86_64-cpu"), "-set"},
		{ARG("--set") ARG("global.g.driver=cpu"), "--set"},
		{ARG("-name") ARG("-set") ARG("-set") ARG("device.c.driver=cpu"), "-set"},
		{ARG("-set") ARG("device.c.drivers=cpu"), NULL},
		{ARG("-set") ARG("device.driver=cpu"), NULL},
		{ARG("-set"), NULL},
		{ARG("--cpux"), NULL},
		{ARG("---cpu"), NULL},
		{ARG("-cpu max"), NULL},
		{ARG("-cpu=max"), NULL},
		{ARG("cpu"), NULL},
		{ARG(""), NULL},
		{ARG("-"), NULL},
		{ARG("-device"), NULL},
		{ARG("-device") ARG(""), NULL},
		{ARG("-device") ARG("usb-tablet,id=cpu"), NULL},
		{ARG("-device") ARG("usb-tablet,id=x-cpu,bus=driver-cpu"), NULL},
		{ARG("-device") ARG("{\"driver\": \"usb-tablet\"}"), NULL},
		{ARG("-global") ARG("ICH9-LPC.disable_s3=1"), NULL},
		{ARG("-device") ARG("usb-tablet") ARG("x86_64-cpu"), NULL},
		{ARG("-machine") ARG("accel=kvm") ARG("-accel") ARG("kvm") ARG("-smp") ARG("2") ARG("-set") ARG("device.x.y=1"), NULL},
		{"<arg value='-cpu'/>", NULL},
		{"<qemu:args value='-cpu'/>", NULL},
		{"<qemu:arg name='-cpu'/>", NULL},
		{"<x><qemu:arg value='-cpu'/></x>", NULL},
		{"<qemu:arg qemu:value='-cpu'/>", "-cpu"}, /* xmlGetProp() goes by the local name */
		{"<q:arg xmlns:q='" QEMU "' value='-cpu'/>", "-cpu"},
		{"<arg xmlns='" QEMU "' value='-cpu'/>", "-cpu"},
		{"<arg xmlns='" QEMU "/2' value='-cpu'/>", NULL},
		{"<!-- <qemu:arg value='-cpu'/> -->", NULL},
		{"<qemu:env name='LD_PRELOAD' value='/tmp/x.so'/>", "LD_PRELOAD"},
		{"<qemu:env name='LD_LIBRARY_PATH' value='/tmp'/>", "LD_LIBRARY_PATH"},
		{"<qemu:env name='QEMU_MODULE_DIR' value='/tmp'/>", "QEMU_MODULE_DIR"},
		{"<qemu:env name='GIO_MODULE_DIR' value='/tmp'/>", "GIO_MODULE_DIR"},
		{"<qemu:env name='GIO_EXTRA_MODULES' value='/tmp'/>", "GIO_EXTRA_MODULES"},
		{"<qemu:env name='GTK_MODULES' value='/tmp'/>", "GTK_MODULES"},
		{"<qemu:env name='GCONV_PATH' value='/tmp'/>", "GCONV_PATH"},
		{"<qemu:env name='OPENSSL_CONF' value='/tmp'/>", "OPENSSL_CONF"},
		{"<qemu:env name='OPENSSL_CONF_INCLUDE' value='/tmp'/>", "OPENSSL_CONF_INCLUDE"},
		{"<qemu:env name='OPENSSL_ENGINES' value='/tmp'/>", "OPENSSL_ENGINES"},
		{"<qemu:env name='OPENSSL_MODULES' value='/tmp'/>", "OPENSSL_MODULES"},
		{"<qemu:env name='SASL_PATH' value='/tmp'/>", "SASL_PATH"},
		{"<qemu:env name='SASL_CONF_PATH' value='/tmp'/>", "SASL_CONF_PATH"},
		{"<qemu:env name='VDEPLUGIN_PATH' value='/tmp'/>", "VDEPLUGIN_PATH"},
		{"<qemu:env name='IBV_DRIVERS' value='/tmp'/>", "IBV_DRIVERS"},
		{"<qemu:env name='RDMAV_DRIVERS' value='/tmp'/>", "RDMAV_DRIVERS"},
		{"<qemu:env name='GTK_PATH' value='/tmp'/>", "GTK_PATH"},
		{"<qemu:env name='ALSA_CONFIG_PATH' value='/tmp'/>", "ALSA_CONFIG_PATH"},
		{"<qemu:env name='ALSA_CONFIG_DIR' value='/tmp'/>", "ALSA_CONFIG_DIR"},
		{"<qemu:env name='HOME' value='/tmp'/>", "HOME"}, /* ~/.asoundrc */
		{"<qemu:env name='XDG_CONFIG_HOME' value='/tmp'/>", "XDG_CONFIG_HOME"},
		{"<qemu:env name='XDG_CONFIG_DIRS' value='/tmp'/>", "XDG_CONFIG_DIRS"},
		{"<qemu:env name='KRB5_CONFIG' value='/tmp'/>", "KRB5_CONFIG"},
		{"<qemu:env name='GSS_MECH_CONFIG' value='/tmp'/>", "GSS_MECH_CONFIG"},
		{"<qemu:env name='GBM_BACKENDS_PATH' value='/tmp'/>", "GBM_BACKENDS_PATH"},
		{"<qemu:env name='__EGL_VENDOR_LIBRARY_DIRS' value='/tmp'/>", "__EGL_VENDOR_LIBRARY_DIRS"},
		{"<qemu:env name='__EGL_VENDOR_LIBRARY_FILENAMES' value='/tmp'/>", "__EGL_VENDOR_LIBRARY_FILENAMES"},
		{"<qemu:env name='__EGL_EXTERNAL_PLATFORM_CONFIG_DIRS' value='/tmp'/>", "__EGL_EXTERNAL_PLATFORM_CONFIG_DIRS"},
		{"<qemu:env name='SDL_DYNAMIC_API' value='/tmp/x.so'/>", "SDL_DYNAMIC_API"},
		{"<qemu:env name='SDL_OPENGL_LIBRARY' value='/tmp/x.so'/>", "SDL_OPENGL_LIBRARY"},
		{"<qemu:env name='SDL_VIDEO_GL_DRIVER' value='/tmp/x.so'/>", "SDL_VIDEO_GL_DRIVER"},
		{"<qemu:env name='JACK_DRIVER_DIR' value='/tmp'/>", "JACK_DRIVER_DIR"},
		{"<qemu:env name='GBM_BACKEND' value='../../../tmp/x'/>", "GBM_BACKEND"},
		{"<qemu:env name='GST_REGISTRY' value='/tmp/x'/>", "GST_REGISTRY"},
		{"<qemu:env name='GST_PLUGIN_PATH' value='/tmp'/>", "GST_PLUGIN_PATH"},
		{"<qemu:env name='VK_ICD_FILENAMES' value='/tmp/x.json'/>", "VK_ICD_FILENAMES"},
		{"<qemu:env name='VK_DRIVER_FILES' value='/tmp/x.json'/>", "VK_DRIVER_FILES"},
		{"<qemu:env name='VK_LAYER_PATH' value='/tmp'/>", "VK_LAYER_PATH"},
		{"<qemu:env name='MESA_LOADER_DRIVER_OVERRIDE' value='../../../tmp/x'/>", "MESA_LOADER_DRIVER_OVERRIDE"},
		{"<qemu:env name='PIPEWIRE_CONFIG_DIR' value='/tmp'/>", "PIPEWIRE_CONFIG_DIR"},
		{"<qemu:env name='SPA_SUPPORT_LIB' value='/tmp/x'/>", "SPA_SUPPORT_LIB"},
		{"<qemu:env name='XDG_DATA_HOME' value='/tmp'/>", "XDG_DATA_HOME"},
		{"<qemu:env name='XDG_CACHE_HOME' value='/tmp'/>", "XDG_CACHE_HOME"},
		{"<qemu:env name='GTK_EXE_PREFIX' value='/tmp'/>", "GTK_EXE_PREFIX"},
		{"<qemu:env name='XDG_RUNTIME_DIR' value='/tmp'/>", NULL},
		{"<qemu:env name='PIPEWIRE_RUNTIME_DIR' value='/run/user/1000'/>", NULL},
		{"<qemu:env name='PIPEWIRE_LATENCY' value='512/48000'/>", NULL},
		{"<qemu:env name='PULSE_SERVER' value='/tmp'/>", NULL},
		{"<qemu:env name='HOMEPAGE' value='/tmp'/>", NULL},
		{"<qemu:env name='PYTHONPATH' value='/tmp'/>", NULL},
		{"<qemu:env name='OPENSSL_CONFIG' value='/tmp'/>", NULL},
		{"<qemu:env name='LD_\xc2\x9b' value=''/>", "LD_\\xc2\\x9b"},
		{"<qemu:env name='QEMU_AUDIO_DRV' value='LD_PRELOAD'/>", NULL},
		{"<qemu:env value='LD_PRELOAD'/>", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char content[512];
		char expected[128];

		snprintf(content, sizeof(content), "<qemu:commandline>%s</qemu:commandline>", cases[i].arguments);
		snprintf(expected, sizeof(expected), "%s in <qemu:commandline>", cases[i].expected ? cases[i].expected : "");
		check_override(content, cases[i].expected ? expected : NULL);
	}
}

static void test_every_command_line_in_its_place_is_read(void **state)
{
	(void)state;
	check_override("<qemu:commandline/><qemu:commandline>" ARG("-cpu") "</qemu:commandline>", "-cpu in <qemu:commandline>");
	check_override("<qemu:commandline>" ARG("-append") "</qemu:commandline><cpu/><qemu:commandline>" ARG("x") ARG("-cpu") //
		       "</qemu:commandline>",
		       "-cpu in <qemu:commandline>");
	check_override("<q:commandline xmlns:q='" QEMU "'>" ARG("-cpu") "</q:commandline>", "-cpu in <qemu:commandline>");
	check_override("<commandline>" ARG("-cpu") "</commandline>", NULL);
	check_override("<x><qemu:commandline>" ARG("-cpu") "</qemu:commandline></x>", NULL);
	check_override("<metadata><qemu:commandline>" ARG("-cpu") "</qemu:commandline></metadata>", NULL);
	check_override("<qemu:capabilities>" ARG("-cpu") "</qemu:capabilities>", NULL);
	check_override(ARG("-cpu"), NULL);
	/* What a variable loads can make anything of the arguments, which are seen as they are. */
	check_override("<qemu:commandline>" ARG("-cpu") "<qemu:env name='LD_PRELOAD' value='/x'/></qemu:commandline>",
		       "LD_PRELOAD in <qemu:commandline>");
	check_override("<qemu:commandline><qemu:env name='HOME' value='/x'/>" ARG("-cpu") "<qemu:env name='LD_PRELOAD' value='/x'/>"
											  "</qemu:commandline>",
		       "HOME in <qemu:commandline>");
}

static void test_a_device_that_is_made_a_cpu_wins_over_the_cpu(void **state)
{
	static const char format[] = "<qemu:override><qemu:device alias='x'><qemu:frontend><qemu:property name='%s' type='string' "
				     "value='%s'/></qemu:frontend></qemu:device></qemu:override>";
	char content[512];

	(void)state;
	snprintf(content, sizeof(content), format, "driver", "qemu64-x86_64-cpu");
	check_override(content, "qemu64-x86_64-cpu in <qemu:override>");
	snprintf(content, sizeof(content), format, "driver", "cpu");
	check_override(content, "cpu in <qemu:override>");
	snprintf(content, sizeof(content), format, "driver", "virtio-net-pci");
	check_override(content, NULL);
	snprintf(content, sizeof(content), format, "id", "x-cpu");
	check_override(content, NULL);
	check_override("<metadata><qemu:override><qemu:property name='driver' value='cpu'/></qemu:override></metadata>", NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments_of_qemu_that_win_over_the_cpu_are_named),
		cmocka_unit_test(test_every_command_line_in_its_place_is_read),
		cmocka_unit_test(test_a_device_that_is_made_a_cpu_wins_over_the_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
