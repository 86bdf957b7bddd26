//! 人员: who is not in the register is registered, who is gets what is new (rows B01, B02).

use crate::kind::{Col, Kind, Shape, To, WHO, col};

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend([
        col(
            "sex",
            "性别",
            &[],
            To::Fact("sex"),
            "女",
            "有身份证号的可不填；填了与号码核对",
        ),
        col(
            "birth_date",
            "出生日期",
            &["出生年月日", "出生年月", "生日"],
            To::Fact("birth_date"),
            "1940-01-01",
            "有身份证号的可不填；填了与号码核对",
        ),
        col(
            "hukou_area",
            "户籍地",
            &[
                "户籍所在地",
                "户籍区划",
                "户籍地址区划",
                "户口所在地",
                "户籍村（社区）",
            ],
            To::Fact("hukou_area"),
            "曾都区万店镇龙头湾村",
            "区划名称或代码，到村、社区",
        ),
        col(
            "residence_area",
            "常住地",
            &[
                "居住地",
                "现居住地",
                "常住区划",
                "现住村（社区）",
                "所属村（社区）",
            ],
            To::Fact("residence_area"),
            "曾都区万店镇龙头湾村",
            "区划名称或代码，到村、社区",
        ),
        col(
            "address",
            "详细地址",
            &["住址", "家庭住址", "居住地址", "门牌号"],
            To::Address,
            "三组 12 号",
            "村、社区以下",
        ),
        col(
            "phone",
            "联系电话",
            &["电话", "手机号", "手机号码", "本人电话", "联系方式"],
            To::Phone,
            "13900000000",
            "手机或带区号的固定电话",
        ),
        col(
            "living",
            "居住状况",
            &["居住情况"],
            To::Fact("living"),
            "独居",
            "独居、空巢、与家人同住、机构入住、其他",
        ),
        col(
            "household",
            "户编号",
            &["户号", "家庭编号"],
            To::Household,
            "",
            "同一户填同一个编号",
        ),
        col(
            "relation",
            "与户主关系",
            &["户内关系"],
            To::Relation,
            "户主",
            "户主、配偶、子、女……",
        ),
        col(
            "contact_name",
            "联系人",
            &["联系人姓名", "紧急联系人", "监护人"],
            To::ContactName,
            "李强",
            "紧急联系人",
        ),
        col(
            "contact_phone",
            "联系人电话",
            &["紧急联系人电话", "监护人电话"],
            To::ContactPhone,
            "13900000000",
            "紧急联系人的电话",
        ),
        col(
            "contact_relation",
            "联系人关系",
            &["与联系人关系", "与本人关系"],
            To::ContactRelation,
            "子",
            "联系人是本人的什么人",
        ),
        crate::kind::SINCE,
    ]);
    Kind {
        key: "people",
        title: "人员",
        says: "新增人员建档；已有的人补充户籍地、常住地、电话、住址",
        shape: Shape::People,
        columns,
        implied: &[],
        settles: &[],
        offices: &["民政", "村级"],
    }
}
