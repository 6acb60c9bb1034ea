using System.Diagnostics;
using System.Text.Json;
using Attune.Models.ChatTemplates;

namespace Attune.Tests.Models.ChatTemplates;

/// <summary>Small templates whose results follow from Jinja's and Python's documentation.</summary>
public sealed class ChatTemplateTests
{
    private static string Render(string template, string messages = "[]", ChatTemplateVariables? variables = null)
    {
        using var document = JsonDocument.Parse(messages);
        return ChatTemplate.Parse(template).Render(document.RootElement, addGenerationPrompt: true, variables);
    }

    [Theory]
    [InlineData("{{ true }} {{ none }} {{ 1.0 }} {{ 1e16 }} {{ 0.00001 }} {{ 12 }}", "True None 1.0 1e+16 1e-05 12")]
    [InlineData("{{ 7 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 10 }}", "3.5 3 -4 2 -2 1024")]
    [InlineData("{{ ['a', \"it's\", 1, none, true, {'k': [1.5]}, (1,)] }}", "['a', \"it's\", 1, None, True, {'k': [1.5]}, (1,)]")]
    [InlineData("{{ 'abc'[1:] }} {{ 'abc'[::-1] }} {{ [1,2,3][-2:] }} {{ '𐐀b'[0] == '𐐀' }} {{ '𐐀b' | length }}", "bc cba [2, 3] True 2")]
    [InlineData("{{ 1 < 2 < 3 }} {{ 1 in [1.0] }} {{ 'b' not in 'abc' }} {{ not 1 == 2 }}", "True True False True")]
    [InlineData("{{ 'a' if false else 'b' }}{{ 'x' if false }}", "b")]
    [InlineData("{{ 1 + 2 ~ 'x' * 2 }}", null)]
    [InlineData("{{ '%s is %03d' | format('x', 7) }} {{ '%.2f' % 2.345 }}", "x is 007 2.35")]
    [InlineData("{{ 'Hello World'.split() }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' x '.strip() }}", "['Hello', 'World'] ['a,b', 'c'] x")]
    [InlineData("{{ [3,1,2] | sort | join('-') }} {{ ['b','A'] | sort }} {{ {'b':1,'a':2} | dictsort }}", "1-2-3 ['A', 'b'] [('a', 2), ('b', 1)]")]
    [InlineData("{{ {'a': [1, 2.5, none, true, 'é\\n']} | tojson }}", "{\"a\": [1, 2.5, null, true, \"é\\n\"]}")]
    [InlineData("{{ [] | tojson(indent=2) }} {{ [1] | tojson(indent=2) }}", "[] [\n  1\n]")]
    [InlineData("{{ 'a b' | title }} {{ 'aB' | capitalize }} {{ 'one two three four' | truncate(10, false, '..', 0) }}", "A B Ab one two..")]
    [InlineData("{{ [1,2,3,4] | select('even') | list }} {{ [1,2,3,4] | map('string') | join }} {{ [1,1,2] | unique | list }}", "[2, 4] 1234 [1, 2]")]
    [InlineData("{{ nothing }}|{{ nothing is defined }}|{{ nothing | default('d') }}|{{ nothing | length }}", "|False|d|0")]
    [InlineData("{{ '<' | safe ~ '<' }}{{ '<' ~ '<' }}{{ '<' | e }}", "<&lt;<<&lt;")]
    [InlineData("{{ 2.5 | round }} {{ 3.14159 | round(2) }} {{ '0x1f' | int(0, 16) }} {{ 'x' | int(5) }} {{ -3 | abs }}", "2.0 3.14 31 5 3")]
    [InlineData("{{ 'a\\tb\\u00e9\\x41\\q' }}", "a\tbéA\\q")]
    [InlineData("{{ [[1, 'a'], [2, 'b']] | map(attribute=1) | list }} {{ dict(a=1).items() | list }}", "['a', 'b'] [('a', 1)]")]
    public void Render_Expression_GivesPythonsResult(string template, string? expected)
    {
        if (expected is null)
            Assert.Throws<ChatTemplateException>(() => Render(template));
        else
            Assert.Equal(expected, Render(template));
    }

    [Theory]
    [InlineData("a\n  {% if true %}\n  b\n  {% endif %}\nc\n", "a\n  b\nc")]
    [InlineData("a  {%- if true -%}  b  {%- endif -%}  c", "abc")]
    [InlineData("  {%+ if true +%}\nb{% endif %}", "  \nb")]
    [InlineData("a {# note #}\n b", "a  b")]
    [InlineData("  {# note #}\nb", "b")]
    [InlineData("{{ 1 }}\n{{ 2 -}}  \n x", "1\n2x")]
    [InlineData("{% raw %}{{ x }}{% endraw %}!", "{{ x }}!")]
    [InlineData("a\r\nb\r", "a\nb")]
    public void Render_WhiteSpaceAroundTags_FollowsTrimAndLstripBlocks(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% for x in [1,2,3] if x != 2 %}{{ loop.index }}{{ x }}{{ ',' if not loop.last }}{% else %}none{% endfor %}", "11,23")]
    [InlineData("{% for x in [] %}{{ x }}{% else %}none{% endfor %}", "none")]
    [InlineData("{% set n = 0 %}{% for x in [1,2] %}{% set n = n + x %}{{ n }}{% endfor %}{{ n }}", "120")]
    [InlineData("{% set ns = namespace(n=0) %}{% for x in [1,2] %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}", "3")]
    [InlineData("{% for x in range(9) %}{% if x == 1 %}{% continue %}{% elif x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}", "023")]
    [InlineData("{% macro f(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}{{ f(1, b=3) }}", "1213")]
    [InlineData("{% macro f() %}<{{ caller(1) }}>{% endmacro %}{% call(x) f() %}{{ x + 1 }}{% endcall %}", "<2>")]
    [InlineData("{% for x in [[1], []] recursive %}[{{ loop(x) if x is iterable else x }}]{% endfor %}", "[[1]][]")]
    [InlineData("{% set a, b = 1, 2 %}{% set c %}x{{ a }}{% endset %}{% with d = b %}{{ c }}{{ d }}{% endwith %}{{ d }}", "x12")]
    [InlineData("{% filter upper | replace('A', 'b') %}a{% endfilter %}{% generation %}g{% endgeneration %}", "bg")]
    public void Render_Statement_DoesWhatJinjaDoes(string template, string expected) => Assert.Equal(expected, Render(template));

    [Fact]
    public void Render_Messages_ReadsRoleAndContent()
    {
        const string Template = "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}<bot>{% endif %}{{ tools is none }}{{ eos_token is defined }}";
        ChatMessage[] messages = [new("user", "Hi"), new("bot", "Ho")];
        var template = ChatTemplate.Parse(Template);
        Assert.Equal("^<user>Hi<bot>Ho<bot>TrueFalse", template.Render(messages, true, new ChatTemplateVariables { BeginToken = "^" }));
        Assert.Equal("<user>Hi<bot>HoTrueFalse", template.Render(messages, false));
    }

    [Fact]
    public void Render_RaiseException_CarriesTheTemplatesMessage()
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render("{% if not messages %}{{ raise_exception('No ' ~ 'messages') }}{% endif %}"));
        Assert.True(error.Raised);
        Assert.Equal("No messages", error.Message);
    }

    [Fact]
    public void Render_Time_IsThatWhichIsPassed()
    {
        const string Template = "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'no clock' }}";
        Assert.Equal("no clock", Render(Template));
        Assert.Equal("26 Jul 2024", Render(Template, variables: new ChatTemplateVariables { Now = new DateTimeOffset(2024, 7, 26, 0, 0, 0, TimeSpan.Zero) }));
    }

    [Theory]
    [InlineData("{% if x %}", 1)]
    [InlineData("\n{{ 1 + }}", 2)]
    [InlineData("{{ 'a }}", 1)]
    [InlineData("\n\n{% banana %}", 3)]
    [InlineData("{% for x in y %}{% endif %}", 1)]
    [InlineData("{{ a ! b }}", 1)]
    [InlineData("{# x", 1)]
    [InlineData("{{ 99999999999999999999 }}", 1)]
    public void Parse_Broken_NamesTheLine(string template, int line)
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(template));
        Assert.StartsWith($"Line {line} of the chat template", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ none.x.y }}")]
    [InlineData("{{ 'a' + 1 }}")]
    [InlineData("{{ 'a' + {} }}")]
    [InlineData("{{ 1 // 0 }}")]
    [InlineData("{{ nothing() }}")]
    [InlineData("{{ nothing.x }}")]
    [InlineData("{{ 1 | banana }}")]
    [InlineData("{{ 1 is banana }}")]
    [InlineData("{{ [] .append(1) }}")]
    [InlineData("{{ [1, 'a'] | sort }}")]
    [InlineData("{% for x in 3 %}{% endfor %}")]
    [InlineData("{{ 9223372036854775807 + 1 }}")]
    [InlineData("{{ {[]: 1} }}")]
    [InlineData("{{ messages.__class__.__mro__ }}")]
    [InlineData("{{ [1] | map('upper') | tojson }}")]
    public void Render_WhatPythonRefuses_IsAnErrorWithTheLine(string template)
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render(template));
        Assert.False(error.Raised);
        Assert.StartsWith("Line 1 of the chat template", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{{ 'a' * 999999999999 }}")]
    [InlineData("{{ [1] * 999999999 }}")]
    [InlineData("{{ range(999999999) | list }}")]
    [InlineData("{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=[1, 2]) %}{% for i in range(99) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}")]
    [InlineData("{% for a in range(9999) %}{{ 'aaaaaaaaaa' * 1000 }}{% endfor %}")]
    [InlineData("{{ '%9999999d' % 1 }}")]
    [InlineData("{{ 'a' | center(999999999) }}")]
    [InlineData("{{ 2 ** 999999999 }}")]
    public void Render_HostileTemplate_EndsWithAnError(string template)
    {
        var watch = Stopwatch.StartNew();
        Assert.Throws<ChatTemplateException>(() => Render(template));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Parse_DeepNesting_EndsWithAnError()
    {
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("{{ " + new string('(', 100_000) + "1" + new string(')', 100_000) + " }}"));
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("{{ " + string.Concat(Enumerable.Repeat("not ", 100_000)) + "1 }}"));
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if 1 %}", 100_000))));
    }
}
