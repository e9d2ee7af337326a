/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* empty.c - the limit for what is short: starting and ending a program, static or linked to libxml2, that does nothing. */

int main(void)
{
	return 0;
}
