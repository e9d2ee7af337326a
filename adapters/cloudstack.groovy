// SPDX-License-Identifier: LGPL-2.1-or-later
// Apache CloudStack: the KVM agent's libvirt-vm-xml-transformer.groovy. The agent calls transform(logger, xml). If the XML cannot be
// rewritten, the reason is in the agent's log, and the guest starts with the XML that it had, which nestxml's hook then judges.
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
                // The filter ended before it had read everything; its stderr says why.
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
