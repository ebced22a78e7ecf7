//! Who works in the hospital: the people of its lines and those who run the programme, all placeholders.

use std::collections::BTreeMap;

use engine::{PersonId, UnitId};

use crate::chance::fixed;
use crate::hospital::{Class, Grade, Hospital, Prescriber};
use crate::names;

/// Somebody of an office, a technical department or from outside.
struct Staff {
    /// Short name of the unit.
    unit: &'static str,
    name: &'static str,
    post: &'static str,
    class: &'static str,
    rank: &'static str,
    roles: &'static [&'static str],
    /// The login, for those one can sign in as.
    login: &'static str,
    /// What to try when signed in.
    try_this: &'static str,
}

macro_rules! staff {
    ($($unit:literal $name:literal $post:literal $class:literal $rank:literal [$($role:literal)*] $login:literal $try_this:literal;)*) => {
        &[$(Staff { unit: $unit, name: $name, post: $post, class: $class, rank: $rank, roles: &[$($role),*], login: $login, try_this: $try_this }),*]
    };
}

/// In the order of their unit: the first is its head.
const STAFF: &[Staff] = staff! {
    "党办" "赵书记" "党委书记" "administrative" "leader" ["secretary"] "secretary" "看逾期和总数；审批处置；反映纪检部门的举报只有您能看到";
    "党办" "孙副书记" "纪委书记" "administrative" "leader" ["director"] "director" "审批线索处置和核查结果，签发通报与制度";
    "党办" "钱院长" "院长" "doctor" "leader" [] "" "";
    "党办" "李副院长" "副院长" "doctor" "leader" [] "" "";
    "党办" "尤主任" "党委办公室主任" "administrative" "middle" ["party" "head"] "party" "看专项行动的阶段、任务和附件";
    "党办" "许干事" "宣传干事" "administrative" "other" ["publicity"] "publicity" "看通报和制度";
    "党办" "何科长" "保卫科科长" "administrative" "middle" ["security"] "security" "看与保卫有关的任务";
    "党办" "孔主席" "工会主席" "administrative" "middle" ["custodian"] "custodian" "保管举报人身份：一份查看申请您已同意，等另一位保密员";
    "党办" "张律师" "法律顾问" "administrative" "other" ["custodian"] "custodian2" "答复查看举报人身份的申请：两人同意才能打开";
    "纪检" "周主任" "纪检监察室主任" "administrative" "middle" ["inspector" "head"] "inspector" "受理举报、研判线索、核验红包上交，导出附件2至4";
    "纪检" "吴干事" "纪检监察干事" "administrative" "other" ["inspector"] "inspector2" "另一位承办人：谁提出的，另一位不能代批";
    "行风" "郑主任" "行风建设办公室主任" "administrative" "middle" ["conduct" "head"] "conduct" "核验整改销号，跟踪任务，登记红包";
    "行风" "王干事" "行风专员" "administrative" "other" ["conduct"] "" "";
    "医务" "冯处长" "医务处处长" "doctor" "middle" ["medical" "head"] "medical" "研判数据疑点：理由成立、转谈话或转整改";
    "医务" "陈干事" "医务处干事" "administrative" "other" ["medical"] "" "";
    "护理" "蒋主任" "护理部主任" "nurse" "middle" ["nursing" "head"] "nursing" "看护理相关任务与问题清单";
    "人事" "沈处长" "人力资源处处长" "administrative" "middle" ["hr" "head"] "hr" "维护人员与角色，登记结果运用";
    "人事" "褚干事" "人力资源干事" "administrative" "other" ["hr"] "" "";
    "财务" "韩处长" "财务处处长" "administrative" "middle" ["finance" "head"] "finance" "会签红包上交，登记退还或上缴国库";
    "财务" "杨会计" "会计" "administrative" "other" ["finance"] "" "";
    "财务" "施审计" "内部审计员" "administrative" "other" ["auditor"] "auditor" "看事件日志是否完整，看不到内容";
    "采购" "朱处长" "采购供应处处长" "administrative" "middle" ["purchasing" "head"] "purchasing" "维护企业信用与廉洁合同";
    "采购" "秦干事" "采购专员" "administrative" "other" ["purchasing"] "" "";
    "医保" "卫处长" "医保管理处处长" "administrative" "middle" ["insurance" "head"] "insurance" "看疑点与稽核问题";
    "医保" "戚干事" "医保稽核员" "administrative" "other" [] "" "";
    "信息" "范主任" "信息中心主任" "technician" "middle" ["it" "head"] "it" "看接口数据问题；看不到举报内容";
    "信息" "彭工程师" "数据库管理员" "technician" "other" [] "" "";
    "信息" "吕工程师" "系统管理员" "technician" "other" ["admin"] "admin" "管理账号；看不到任何案件";
    "检验" "柏主任" "检验科主任" "technician" "middle" ["head"] "" "";
    "检验" "水技师" "检验技师" "technician" "other" [] "" "";
    "药学" "窦主任" "药学部主任" "pharmacist" "middle" ["pharmacy" "head"] "pharmacy" "看用量排名，给疑点写药学意见；看不到线索";
    "药学" "章药师" "临床药师" "pharmacist" "other" ["pharmacy"] "" "";
    "影像" "苏主任" "医学影像科主任" "doctor" "middle" ["head"] "" "";
    "影像" "潘技师" "影像技师" "technician" "other" [] "" "";
    "采购" "葛代表" "示例甲制药代表" "logistics" "other" ["representative"] "representative" "企业代表只看得到与自己有关的";
    "行风" "奚监督员" "社会监督员" "logistics" "other" ["monitor"] "monitor" "提交明察暗访发现的问题";
    "行风" "区卫健干部" "区卫生健康局联络员" "administrative" "other" ["commission"] "commission" "看进度与制度，看不到人名";
};

/// Short names of units.
const UNITS: [(&str, &str); 21] = [
    ("急诊", "急诊医学科"),
    ("呼吸", "呼吸与危重症医学科"),
    ("心内", "心血管内科一病区"),
    ("神内", "神经内科一病区"),
    ("普外", "普通外科一病区"),
    ("骨科", "骨科一病区"),
    ("儿科", "儿科"),
    ("妇科", "妇科"),
    ("检验", "检验科"),
    ("药学", "药学部"),
    ("影像", "医学影像科"),
    ("党办", "党委办公室"),
    ("纪检", "纪检监察室"),
    ("行风", "行风建设办公室"),
    ("医务", "医务处"),
    ("护理", "护理部"),
    ("人事", "人力资源处"),
    ("财务", "财务处"),
    ("采购", "采购供应处"),
    ("医保", "医保管理处"),
    ("信息", "信息中心"),
];

/// A person of the cast. Ids are made beforehand, so that the script can name everybody.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: PersonId,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) post: String,
    pub(super) unit: usize,
    pub(super) class: &'static str,
    pub(super) rank: &'static str,
    pub(super) roles: Vec<&'static str>,
    pub(super) party: bool,
    pub(super) official: bool,
    pub(super) login: Option<String>,
    pub(super) try_this: &'static str,
    /// Position among the hospital's prescribers.
    pub(super) prescriber: Option<usize>,
}

impl Member {
    /// Whether the roll names the head of the unit as their superior: doctors without a duty of their own.
    pub(super) fn answers_to_head(&self) -> bool {
        self.prescriber.is_some() && self.roles.is_empty()
    }
}

/// Everybody, by unit.
pub(super) struct Cast {
    pub(super) units: Vec<UnitId>,
    unit_codes: Vec<String>,
    unit_names: Vec<String>,
    clinical: usize,
    pub(super) members: Vec<Member>,
    /// Positions of a unit's people: doctors or staff in order; its head nurse apart.
    of_unit: BTreeMap<usize, Vec<usize>>,
    nurses: BTreeMap<usize, usize>,
}

impl Cast {
    pub(super) fn of(hospital: &Hospital) -> Cast {
        let mut cast = Cast {
            units: hospital.units.iter().map(|_| UnitId(store::new_entry().0)).collect(),
            unit_codes: hospital.units.iter().map(|unit| unit.code.clone()).collect(),
            unit_names: hospital.units.iter().map(|unit| unit.name.clone()).collect(),
            clinical: hospital.units.iter().filter(|unit| unit.class == Class::Clinical).count(),
            members: Vec::new(),
            of_unit: BTreeMap::new(),
            nurses: BTreeMap::new(),
        };
        for (number, staff) in STAFF.iter().enumerate() {
            let unit = cast.unit(staff.unit);
            let member = office(number, staff, unit, hospital.seed);
            cast.add(unit, member);
        }
        for (position, person) in hospital.people.iter().enumerate() {
            let heads = !cast.of_unit.contains_key(&person.unit);
            cast.add(person.unit, doctor(position, person, heads, hospital.seed));
        }
        for unit in 0..cast.clinical {
            let member = nurse(unit, hospital.seed);
            cast.nurses.insert(unit, cast.members.len());
            cast.members.push(member);
        }
        cast
    }

    fn add(&mut self, unit: usize, member: Member) {
        self.of_unit.entry(unit).or_default().push(self.members.len());
        self.members.push(member);
    }

    /// A unit by its short name, or `c9`: the ninth clinical one, counted round when the house is small.
    pub(super) fn unit(&self, short: &str) -> usize {
        if let Some(number) = short.strip_prefix('c').and_then(|number| number.parse::<usize>().ok()) {
            return number % self.clinical;
        }
        let name = UNITS.iter().find(|(known, _)| *known == short).map_or(short, |(_, name)| name);
        self.unit_names.iter().position(|known| known == name).unwrap_or(0)
    }

    /// `骨科#3`: the fourth of a unit (counted round), `骨科#0` its head, `骨科#n` its head nurse; `骨科` alone its head.
    pub(super) fn person(&self, token: &str) -> &Member {
        let (unit, place) = token.split_once('#').unwrap_or((token, "0"));
        let unit = self.unit(unit);
        if place == "n"
            && let Some(nurse) = self.nurses.get(&unit)
        {
            return &self.members[*nurse];
        }
        let people = &self.of_unit[&unit];
        // Who is new or leaves stands at the end of a unit, and no story is told of them.
        let steady = (people.len() - people.len() / 6).max(1);
        &self.members[people[place.parse::<usize>().unwrap_or(0) % steady]]
    }

    /// Whoever heads a unit.
    pub(super) fn head(&self, unit: usize) -> &Member {
        let people = self.of_unit.get(&unit).map_or(&[][..], Vec::as_slice);
        let head = people.iter().find(|person| self.members[**person].roles.contains(&"head"));
        &self.members[head.or(people.first()).copied().unwrap_or(0)]
    }

    /// Who acts: a login of the programme, such as `inspector`.
    pub(super) fn by_login(&self, login: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.login.as_deref() == Some(login))
    }

    /// By name of office: those no one signs in as, such as the hospital's leaders.
    pub(super) fn by_post(&self, post: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.post == post)
    }

    pub(super) fn unit_name(&self, unit: usize) -> &str {
        &self.unit_names[unit]
    }

    pub(super) fn unit_by_code(&self, code: &str) -> Option<usize> {
        self.unit_codes.iter().position(|known| known == code)
    }
}

fn office(number: usize, staff: &Staff, unit: usize, seed: u64) -> Member {
    let outside = ["representative", "monitor", "commission"].iter().any(|role| staff.roles.contains(role));
    Member {
        id: PersonId(store::new_entry().0),
        code: format!("{:05}", 101 + number),
        name: staff.name.to_owned(),
        post: staff.post.to_owned(),
        unit,
        class: staff.class,
        rank: staff.rank,
        roles: staff.roles.to_vec(),
        party: !outside && (staff.rank != "other" || fixed(seed, number, 1) < 0.5),
        official: !outside && (staff.rank != "other" || fixed(seed, number, 2) < 0.6),
        login: Some(staff.login.to_owned()).filter(|login| !login.is_empty()),
        try_this: staff.try_this,
        prescriber: None,
    }
}

fn doctor(position: usize, person: &Prescriber, heads: bool, seed: u64) -> Member {
    let senior = matches!(person.grade, Grade::Associate | Grade::Chief);
    Member {
        id: PersonId(store::new_entry().0),
        code: person.code.clone(),
        name: person.name.clone(),
        post: if heads { "科主任".to_owned() } else { String::new() },
        unit: person.unit,
        class: "doctor",
        rank: if heads { "middle" } else { "other" },
        roles: if heads { vec!["head"] } else { Vec::new() },
        party: heads || fixed(seed, position, 3) < 0.42,
        official: heads || senior || fixed(seed, position, 4) < 0.45,
        login: None,
        try_this: "",
        prescriber: Some(position),
    }
}

fn nurse(unit: usize, seed: u64) -> Member {
    Member {
        id: PersonId(store::new_entry().0),
        code: format!("{:05}", 501 + unit),
        name: names::with_duty(unit, "护士长"),
        post: "护士长".to_owned(),
        unit,
        class: "nurse",
        rank: "middle",
        roles: vec!["liaison"],
        party: fixed(seed, unit, 5) < 0.5,
        official: true,
        login: None,
        try_this: "",
        prescriber: None,
    }
}
