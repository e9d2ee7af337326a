#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The usual hook script's way, such as that of oVirt's nestedvt: xml.dom.minidom, and svm required by the domain's CPU."""
import sys
from xml.dom import minidom

document = minidom.parse(sys.stdin.buffer)
feature = document.createElement("feature")
feature.setAttribute("policy", "require")
feature.setAttribute("name", "svm")
document.getElementsByTagName("cpu")[0].appendChild(feature)
sys.stdout.write(document.toxml())
