/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vendors.h - the loop over all vendors, and the length of arrays with an element for each: code that uses them needs no change for another
 * vendor.
 */
#ifndef NESTXML_VENDORS_H
#define NESTXML_VENDORS_H

#include <nestxml/nestxml.h>

/** The length of an array indexed by enum nestxml_vendor; the element of NONE is not used. */
#define VENDORS (NESTXML_VENDOR_LAST + 1)

/** Every vendor but NONE. */
#define FOR_EACH_VENDOR(vendor) for (enum nestxml_vendor vendor = NESTXML_VENDOR_NONE + 1; (vendor) <= NESTXML_VENDOR_LAST; (vendor)++)

#endif
