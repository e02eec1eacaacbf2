package vault

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/seawall-city/seawall"
)

// texts draws what people type: Chinese, Latin, full width, punctuation, and
// now and then anything at all.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringOfN(rapid.SampledFrom([]rune("王小明晓张伟玮欧阳单解·• -'＋（）０１Ａａüéñ ŉßK9*+")), 0, 12, -1), rapid.String())
}

func TestNormalisationIsIdempotent(t *testing.T) {
	for name, f := range map[string]func(string) string{"name": NormalName, "phone": NormalPhone, "document": normalDocument, "sex": normalSex} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			in := texts().Draw(t, "text")
			once := f(in)
			if twice := f(once); twice != once {
				t.Fatalf("%q -> %q -> %q", in, once, twice)
			}
		}))
	}
}

func TestPhones(t *testing.T) {
	for in, want := range map[string]string{
		"154 0000 1234": "15400001234", "+86 154-0000-1234": "15400001234", "008615400001234": "15400001234",
		"8615400001234": "15400001234", "（0515）8888-1234": "051588881234", "154****1234": "154****1234",
		"+82 10-1234-5678": "+821012345678", "0082 1012345678": "+821012345678", "": "", "none": "",
	} {
		if got := NormalPhone(in); got != want {
			t.Errorf("NormalPhone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReadings(t *testing.T) {
	for name, want := range map[string]string{
		"王小明": "wangxiaoming", "王晓明": "wangxiaoming", "张伟": "zhangwei", "张玮": "zhangwei", "单雄信": "shanxiongxin",
		"解晓东": "xiexiaodong", "仇英": "qiuying", "曾国藩": "zengguofan", "欧阳震华": "ouyangzhenhua", "尉迟恭": "yuchigong",
		"吕布": "lvbu", "Xiaoming Wang": "wangxiaoming", "WANG XIAO-MING": "wangxiaoming", "Lyu Bu": "lvbu", "Lü Bu": "lvbu",
		"买买提·艾力": "maimaitiaili", "O’Brien, Seán": "obriensean",
	} {
		if got := formsOf(name).full; !slices.Contains(got, want) {
			t.Errorf("readings of %q: %q, want %q among them", name, got, want)
		}
	}
}

func TestReadingsAreBounded(t *testing.T) {
	// Every character here has several readings.
	if got := formsOf("单重行长乐朝").full; len(got) > maxReadings || len(got) < 2 {
		t.Errorf("%d readings %q, want 2 to %d", len(got), got, maxReadings)
	}
}

// Names are compared whatever the order of their words.
func TestLatinNamesCompareInAnyOrder(t *testing.T) {
	a, b := formsOf("Kwame Nkansah-Addo"), formsOf("NKANSAH ADDO Kwame")
	if a.key != "kwame nkansahaddo" {
		t.Errorf("key %q", a.key)
	}
	if b.key == a.key {
		t.Errorf("a hyphen joins and a space parts: %q and %q should differ", a.key, b.key)
	}
	if c := formsOf("Nkansah-Addo KWAME"); c.key != a.key {
		t.Errorf("%q and %q are one name", c.key, a.key)
	}
}

func TestMasks(t *testing.T) {
	for _, c := range []struct {
		id         Identity
		year       int
		mask, sort string
	}{
		{Identity{Name: "张伟", Sex: "m", BirthYear: 1977}, 2022, "张*·男·45", "zhang"},
		{Identity{Name: "王小明", Sex: "f", Birth: seawall.DateOf(1990, 5, 1)}, 2022, "王*·女·32", "wang"},
		{Identity{Name: "欧阳震华", Sex: "m", BirthYear: 1977}, 2022, "欧阳*·男·45", "ouyang"},
		{Identity{Name: "欧阳", Sex: "m"}, 2022, "欧*·男", "ou"},
		{Identity{Name: "单 雄 信"}, 2022, "单*", "shan"},
		{Identity{Name: "Kwame Addo", Sex: "m", BirthYear: 1977}, 2022, "K*·M·45", "k"},
		{Identity{Name: "élodie", Sex: "f"}, 2022, "É*·F", "e"},
		{Identity{Sex: "f", BirthYear: 1959}, 2022, "?·F·63", ""},
		{Identity{Name: "12"}, 2022, "?", ""},
		{Identity{Name: "不详", Sex: "m"}, 2022, "?·M", ""},
		{Identity{Name: "N/A"}, 2022, "?", ""},
		{Identity{Name: "张伟", BirthYear: 1790}, 2022, "张*", "zhang"},
		{Identity{Name: "张伟", BirthYear: 2030}, 2022, "张*", "zhang"},
		// Sex and age follow from a valid document.
		{Identity{Name: "张伟", DocNumber: "11010519491231002X"}, 2022, "张*·女·73", "zhang"},
		{Identity{Name: "张伟", DocNumber: "110105194912310021"}, 2022, "张*", "zhang"},
	} {
		if c.id.Birth == 0 {
			c.id.Birth = seawall.NoDay
		}
		n := normalOf(c.id)
		if got := maskOf(n, c.year); got != c.mask {
			t.Errorf("mask of %+v: %q, want %q", c.id, got, c.mask)
		}
		if got := sortKeyOf(n); got != c.sort {
			t.Errorf("sort key of %+v: %q, want %q", c.id, got, c.sort)
		}
	}
}

// A mask shows the surname or an initial, and no character of the given name
// after it.
func TestMasksHideTheGivenName(t *testing.T) {
	families := rapid.SampledFrom([]string{"张", "王", "欧阳", "司马", "单", "诸葛"})
	given := rapid.StringOfN(rapid.SampledFrom([]rune("伟玮小晓明芳张王阳马信龙行")), 1, 3, -1)
	latin := rapid.StringMatching(`[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8}){0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		id := Identity{Sex: rapid.SampledFrom([]string{"", "m", "f"}).Draw(t, "sex"), Birth: seawall.NoDay,
			BirthYear: rapid.IntRange(0, 2022).Draw(t, "year")}
		if rapid.Bool().Draw(t, "chinese") {
			family, rest := families.Draw(t, "family"), given.Draw(t, "given")
			id.Name = family + rest
			shown, _, _ := strings.Cut(maskOf(normalOf(id), 2022), "·")
			// A single surname whose given name begins like a compound one's second half may show two.
			if shown != family+"*" && !(compoundSurname(strings.TrimSuffix(shown, "*")) && strings.HasPrefix(id.Name, strings.TrimSuffix(shown, "*")) && len([]rune(id.Name)) > 2) {
				t.Fatalf("mask of %q shows %q", id.Name, shown)
			}
			if hidden := []rune(id.Name)[len([]rune(shown))-1:]; len(hidden) == 0 {
				t.Fatalf("mask of %q hides nothing: %q", id.Name, shown)
			}
			return
		}
		id.Name = latin.Draw(t, "name")
		want := id.Name[:1] + "*"
		if NormalName(id.Name) == "" {
			want = "?" // a filler such as "Na" is no name
		}
		if shown, _, _ := strings.Cut(maskOf(normalOf(id), 2022), "·"); shown != want {
			t.Fatalf("mask of %q shows %q", id.Name, shown)
		}
	})
}
