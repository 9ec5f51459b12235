import { escapeXml, items, list, number, parseXml, text } from './xml.js';

describe('parseXml', () => {
  const document = `<?xml version="1.0"?>
    <ns:VApp xmlns:ns="http://x" xmlns="http://y" name="web" status="4">
      <Link rel="up" href="http://x/1"/><Link rel="down" href="http://x/2"/>
      <Size unit="MB">1024</Size><Empty/><set><item>a</item><item>b</item></set>
    </ns:VApp>`;

  it('reads elements, attributes and text, whatever the namespace', () => {
    const vapp = parseXml(document, 'VApp');
    expect(text(vapp, '@name')).toBe('web');
    expect(number(vapp, '@status')).toBe(4);
    expect(list(vapp, [], 'Link').map((link) => text(link, '@href'))).toEqual(['http://x/1', 'http://x/2']);
    expect(number(vapp, 'Size')).toBe(1024);
    expect(text(vapp, 'Size', '@unit')).toBe('MB');
    expect(text(vapp, 'Empty')).toBeUndefined();
    expect(items(vapp, 'set')).toEqual(['a', 'b']);
    expect(text(vapp, 'not', 'there')).toBeUndefined();
  });

  it.each(['', 'words', '<other/>', '<VApp>', '<!DOCTYPE x [<!ENTITY e "boom">]><VApp>&e;</VApp>'])('refuses %j', (wrong) => {
    expect(() => parseXml(wrong, 'VApp')).toThrow(/not the XML expected/);
  });

  it('reads what stands in CDATA sections as text', () => {
    expect(text(parseXml('<VM><NAME><![CDATA[a <b> & ]]>c</NAME></VM>', 'VM'), 'NAME')).toBe('a <b> & c');
  });

  it('reads again what was escaped', () => {
    const odd = `<a> & "b" 'c' \u0001`;
    expect(text(parseXml(`<x>${escapeXml(odd)}</x>`.replace('<x>', '<r><x>').replace('</x>', '</x></r>'), 'r'), 'x')).toBe(
      `<a> & "b" 'c'`,
    );
  });
});
