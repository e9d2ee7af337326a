// SPDX-License-Identifier: LGPL-2.1-or-later
// agent.groovy DIRECTORY XML: calls a transformer as CloudStack's agent does: the script's value is an object, whose method is called by name.
class Log {
    void error(Object message) { System.err.println(message) }
}

def (directory, xml) = [args[0], new File(args[1]).getText('UTF-8')]
def transformer = (GroovyObject) new GroovyScriptEngine(directory).run('libvirt-vm-xml-transformer.groovy', new Binding())
def result = transformer.invokeMethod('transform', [new Log(), xml] as Object[])
print(result == null ? xml : result)
