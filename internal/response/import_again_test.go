package response_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seawall-city/seawall/internal/casebook"
	"github.com/seawall-city/seawall/internal/intake"
	"github.com/seawall-city/seawall/internal/loop"
)

// A list that corrects a negative result opens the test again that it had
// closed; one that tells of a retracted result closes nothing.
func TestCorrectedResultOpensItsTest(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		cs := o.candidates(o.positive(grid1).Case, 1, "close", "")
		o.confirm(cs)
		o.clock.Advance(24 * time.Hour)
		tell := func(outcome string) {
			o.counts(o.list(intake.Results, "covid-19", "lab", "样本编号,接触者编号,检测项目,采样时间,检测时间,检测结果,检测机构",
				fmt.Sprintf("S1,%s,核酸,2022-03-28 18:00,2022-03-29 12:00,%s,市检测中心", cs[0].No, outcome)), 1, 0, 0)
		}
		tell("阴性")
		if st := o.steps(cs[0].ID)["test-1"].State; st != loop.Done {
			t.Fatalf("the test is %q", st)
		}
		tell("阳性")
		steps := o.steps(cs[0].ID)
		if steps["test-1"].State != loop.Open || steps["positive"].State != loop.Open {
			t.Fatalf("after the correction: test %q, alarm %q", steps["test-1"].State, steps["positive"].State)
		}
		tell("阴性")
		steps = o.steps(cs[0].ID)
		if steps["test-1"].State != loop.Done || steps["positive"].State != loop.Cancelled {
			t.Fatalf("after the second correction: test %q, alarm %q", steps["test-1"].State, steps["positive"].State)
		}
	})
}

// A line list that discards a case ends its duties as a person's word does.
func TestListDiscardsACase(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tell := func(class string) {
			o.counts(o.list(intake.LineList, "covid-19", "county", "病例编号,姓名,性别,发病日期,报告日期,病例分类",
				"L1,测试丙,男,2022-03-27,2022-03-28,"+class), 1, 0, 0)
		}
		tell("确诊病例")
		c := o.caseOf("covid-19", "county", "L1")
		cs := o.candidates(c, 1, "close", "")
		o.confirm(cs)
		tell("排除")
		if k := o.contact(cs[0].ID).Contact; o.caseOf("covid-19", "county", "L1").State != casebook.CaseClosed || k.State != casebook.Withdrawn {
			t.Fatalf("after the case was discarded the contact is %q", k.State)
		}
	})
}

// The days of somebody followed are the duty's; a list that tells of another
// last exposure asks a person to decide.
func TestListMovesNoFollowUp(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tell := func(last string) {
			o.counts(o.list(intake.Contacts, "covid-19", "s", "uuid,contact_id,姓名,date_of_last_contact,contact_status,case",
				"contact-uuid-00000001,K1,测试丙,"+last+",UNDER_FOLLOW_UP,C1"), 1, 0, 0)
		}
		o.list(intake.LineList, "covid-19", "s", "病例编号,姓名,性别,发病日期,报告日期,病例分类", "C1,测试丁,男,2022-03-27,2022-03-28,确诊病例")
		tell("2022-03-26")
		k := o.contactOf("covid-19", "s", "contact-uuid-00000001")
		o.confirm([]casebook.Contact{k})
		until := o.contact(k.ID).Contact.Until
		tell("2022-03-28")
		now := o.contact(k.ID).Contact
		if now.LastExposure != k.LastExposure || now.Until != until || o.steps(k.ID)["exposure"].State != loop.Open {
			t.Fatalf("moved to %s until %s: %+v", now.LastExposure, now.Until, o.steps(k.ID)["exposure"])
		}
	})
}
