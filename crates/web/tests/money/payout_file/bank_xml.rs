//! What a bank says, in XML.

pub const REFUSED: &str = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>";

pub const BACK: &str = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>";

/// A status report on a file, with a status of the whole.
pub fn report(file: &str, whole: &str, transfers: &str) -> String {
    format!(
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId>{whole}</OrgnlGrpInfAndSts>\n\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}</OrgnlPmtInfId>{transfers}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

/// A transfer of a status report, and the code of its reason.
pub fn transfer(id: &str, code: &str, why: &str) -> String {
    let why = match why {
        "" => String::new(),
        why => format!("<StsRsnInf><Rsn><Cd>{why}</Cd></Rsn></StsRsnInf>"),
    };
    transfer_with(id, code, &why)
}

/// A transfer of a status report, and what else is said of it.
pub fn transfer_with(id: &str, code: &str, more: &str) -> String {
    format!(
        "<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{code}</TxSts>{more}</TxInfAndSts>\n"
    )
}

/// A booked entry of one payment: `DBIT` or `CRDT`, the amount, the day, what is in its references, and what else is
/// said.
pub fn entry(direction: &str, amount: &str, day: &str, refs: &str, more: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
         <NtryDtls><TxDtls><Refs>{refs}</Refs>{more}</TxDtls></NtryDtls></Ntry>\n"
    )
}

/// References of a payment by its end-to-end id.
pub fn end_to_end(id: &str) -> String {
    format!("<EndToEndId>{id}</EndToEndId>")
}

pub fn statement(entries: &[String]) -> String {
    format!(
        "<Document><BkToCstmrStmt><Stmt>{}</Stmt></BkToCstmrStmt></Document>",
        entries.concat()
    )
}
