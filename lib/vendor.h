/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vendor.h - the vendor table, as the rest of the library asks it; what others need of it is in nestxml.h. */
#ifndef NESTXML_VENDOR_H
#define NESTXML_VENDOR_H

#include <stdbool.h>
#include <stddef.h>

#include <nestxml/nestxml.h>

#include "vendors.h"

/** The vendor whose feature this is ("vmx": Intel); NONE. @name is not terminated. */
enum nestxml_vendor nestxml_vendor_of_feature(const char *name, size_t length);
/** The vendor to whose feature this one belongs ("vmx-ept": Intel); NONE. @name is not terminated. */
enum nestxml_vendor nestxml_vendor_of_sub_feature(const char *name, size_t length);
/** The name of @vendor's sub-feature as the table has it ("npt", "vmx-*"), static; NULL where it is none. @name is not terminated. */
const char *nestxml_vendor_sub_feature(enum nestxml_vendor vendor, const char *name, size_t length);
/** The sub-feature without which @vendor's feature is of little use: nested paging. NULL for NONE. */
const char *nestxml_vendor_nested_paging_feature(enum nestxml_vendor vendor);
/** Whether a hypervisor in the guest does not run at all without some of @vendor's other sub-features. */
bool nestxml_vendor_hypervisor_needs_more(enum nestxml_vendor vendor);
/** Whether QEMU gives a guest of this CPU model sub-features of @vendor's feature together with it. */
bool nestxml_model_has_sub_features(const char *model, enum nestxml_vendor vendor);
/** Whether this CPU model contains sub-features of @vendor's feature by the dozen, which libvirt reports as missing under check='full'. */
bool nestxml_model_expects_sub_features(const char *model, enum nestxml_vendor vendor);
/** How many sub-features nestxml_model_sub_feature() gives for a model at most. */
#define MODEL_SUB_FEATURES_MAX 12
/** Sub-feature number @index from 0, of @vendor's feature, that libvirt's CPU model contains; NULL after the last. */
const char *nestxml_model_sub_feature(const char *model, enum nestxml_vendor vendor, size_t index);
/** The vendor of a processor by its vendor_id in /proc/cpuinfo; NONE. */
enum nestxml_vendor nestxml_vendor_of_processor(const char *id);
/** The vendor whose nesting QEMU emulates (TCG). */
enum nestxml_vendor nestxml_vendor_emulated(void);

#endif
