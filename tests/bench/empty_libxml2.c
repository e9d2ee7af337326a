/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* empty_libxml2.c - the limit for small documents: what starting and ending a program linked to libxml2 costs by itself. */

int main(void)
{
	return 0;
}
