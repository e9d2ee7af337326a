# SPDX-License-Identifier: LGPL-2.1-or-later
# What cpack makes of the components: `cpack -G DEB --config BUILD/CPackConfig.cmake`.

set(CPACK_PACKAGE_NAME nestxml)
set(CPACK_PACKAGE_VENDOR "nestxml")
if(NOT CPACK_PACKAGE_CONTACT)
	set(CPACK_PACKAGE_CONTACT "nestxml maintainers <nestxml@nestxml.invalid>")
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL library development programs)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)

set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}")
set(version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libnestxml0)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
# libxml2 is loaded by its name, of which no linker tells; the package that has it is named otherwise from release to release.
execute_process(COMMAND sh -c "dpkg-query --search '*/${LIBXML2_SONAME}' | sed 's/:.*//;q'"
	OUTPUT_VARIABLE libxml2 OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT libxml2)
	set(libxml2 libxml2)
endif()
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS "${libxml2}")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_LIST_DIR}/deb/shlibs;${CMAKE_CURRENT_LIST_DIR}/deb/triggers")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "The library: reads the XML of a libvirt domain, finds its policy,
decides whether it may start on this host, and rewrites its CPU in place.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libnestxml-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libnestxml0 (= ${version})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "For programs that use libnestxml: its header and manual page, and what
pkg-config and CMake need to find it.")

# The hook and the filter load the library by name, and so does nestctl libvirt's: no linker tells of that.
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME nestxml)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS "libnestxml0 (= ${version})")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS "libvirt0, libvirt-daemon-system")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SUGGESTS "jq")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_CONTROL_EXTRA
	"${CMAKE_CURRENT_LIST_DIR}/deb/postinst;${CMAKE_CURRENT_LIST_DIR}/deb/prerm;${CMAKE_CURRENT_LIST_DIR}/deb/postrm")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION "A guest states whether it is to run guests of its own: require, optional
or disable. A filter rewrites the CPU of domain XML and touches no other
byte, libvirt's qemu hook refuses each start that would not be what was
stated, and nestctl sets up the host.")

# What Debian's packages have in addition to their files
configure_file(${CMAKE_CURRENT_LIST_DIR}/deb/changelog.in ${PROJECT_BINARY_DIR}/generated/changelog.Debian @ONLY)
execute_process(COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/generated/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
foreach(component library development programs)
	string(TOUPPER ${component} upper)
	install(FILES ${PROJECT_BINARY_DIR}/generated/changelog.Debian.gz ${CMAKE_CURRENT_LIST_DIR}/deb/copyright
		DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME} COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
# Where `nestctl hook install` puts the hook; what is empty when the package goes, dpkg removes.
install(DIRECTORY DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/libvirt/hooks/qemu.d COMPONENT programs EXCLUDE_FROM_ALL)

include(CPack)

configure_file(${CMAKE_CURRENT_LIST_DIR}/nestxml.spec.in ${PROJECT_BINARY_DIR}/generated/nestxml.spec @ONLY)
