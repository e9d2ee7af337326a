// SPDX-License-Identifier: LGPL-2.1-or-later
// Apache CloudStack: the KVM agent's libvirt-vm-xml-transformer.groovy, for an agent that runs no shell script. The agent calls
// transform(logger, xml); what it cannot do is in the agent's log, the guest then starts with the XML that it had, and libvirt's hook judges that.
class NestxmlTransformer {
    Object transform(Object logger, Object xml) {
        def errors = new StringBuilder()
        try {
            def filter = ['nestxml', '--quiet', '--nested=policy'].execute()
            filter.consumeProcessErrorStream(errors)
            filter.outputStream.withWriter('UTF-8') { it << xml }
            def rewritten = filter.inputStream.getText('UTF-8')
            if (filter.waitFor() == 0 && rewritten) {
                return rewritten
            }
        } catch (IOException e) {
            errors << e.message
        }
        logger.error("nestxml: the XML stays as it is: " + errors.toString().trim())
        return xml
    }
}

new NestxmlTransformer()
