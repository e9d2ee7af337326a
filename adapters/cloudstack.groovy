// SPDX-License-Identifier: LGPL-2.1-or-later
// Apache CloudStack: the KVM agent's libvirt-vm-xml-transformer.groovy. The agent calls transform(logger, xml); what it cannot do is in
// the agent's log, the guest then starts with the XML that it had, and libvirt's hook judges that.
class NestxmlTransformer {
    Object transform(Object logger, Object xml) {
        def rewritten = new ByteArrayOutputStream()
        def errors = new ByteArrayOutputStream()
        def reason = ''
        try {
            def filter = ['nestxml', '--quiet', '--nested=policy'].execute()
            try {
                filter.outputStream.withWriter('UTF-8') { it << xml }
            } catch (IOException ignored) {
                // It has ended before it read all; its errors say why.
            }
            filter.waitForProcessOutput(rewritten, errors)
            if (filter.exitValue() == 0 && rewritten.size() > 0) {
                return rewritten.toString('UTF-8')
            }
            reason = errors.toString('UTF-8').trim()
        } catch (IOException e) {
            reason = e.message
        }
        logger.error("the XML stays as it is: " + reason)
        return xml
    }
}

new NestxmlTransformer()
